import { SandboxFileError } from './errors.ts';
import { quote, quoteFormat } from './quote.ts';
import type { FileKind, SandboxFiles } from './sandbox.ts';
import type { Warden } from './warden.ts';

/** Bytes of the largest file that is read, and of the longest listing. */
const READ_LIMIT = 10_000_000;
/** Bytes that go into one line of bash. */
const CHUNK = 60_000;

const KINDS: readonly FileKind[] = ['file', 'directory', 'other', 'missing'];
const MISSING = 64;
const NOT_A_FILE = 65;

/** The files of a sandbox, read and written by its warden from inside. */
export function wardenFiles(warden: Warden): SandboxFiles {
  return {
    kind: (path) => kind(warden, path),
    read: (path) => read(warden, path),
    write: (path, content) => write(warden, path, content),
    list: (path, depth) => list(warden, path, depth),
  };
}

async function kind(warden: Warden, path: string): Promise<FileKind> {
  const word = quote(path);
  const { status } = await warden.call(
    `if [[ -f ${word} ]]; then ${exit(0)}; elif [[ -d ${word} ]]; then ${exit(1)}; elif [[ -e ${word} ]]; then ${exit(2)}; else ${exit(3)}; fi`,
  );
  return KINDS[status] ?? 'missing';
}

async function read(warden: Warden, path: string): Promise<Buffer> {
  const word = quote(path);
  const { status, bytes, length } = await warden.call(
    `if [[ ! -e ${word} ]]; then ${exit(MISSING)}; elif [[ ! -f ${word} ]]; then ${exit(NOT_A_FILE)}; else head -c ${READ_LIMIT + 1} <${word} >&8; fi`,
    { limit: READ_LIMIT },
  );
  if (status === MISSING) throw new SandboxFileError(`${path}: no such file`);
  if (status === NOT_A_FILE) throw new SandboxFileError(`${path}: not a file`);
  if (status !== 0) throw new SandboxFileError(`${path}: cannot be read`);
  if (length > READ_LIMIT) throw new SandboxFileError(`${path}: larger than ${READ_LIMIT} bytes`);
  return bytes;
}

async function write(warden: Warden, path: string, content: Buffer): Promise<void> {
  const word = quote(path);
  const parent = quote(path.replace(/\/[^/]*$/, '') || '/');
  const pieces = [`[[ -d ${parent} ]] || mkdir -p -- ${parent}`];
  for (let at = 0; at === 0 || at < content.length; at += CHUNK) {
    const format = quoteFormat(content.subarray(at, at + CHUNK));
    pieces.push(`builtin printf -- ${format} >${at === 0 ? '' : '>'}${word}`);
  }
  const { status, bytes } = await warden.call(`{ ${pieces.join(' && ')}; } 2>&8`);
  if (status !== 0) throw new SandboxFileError(`${path}: cannot be written: ${reason(bytes)}`);
}

async function list(warden: Warden, path: string, depth: number): Promise<string[]> {
  const word = quote(path.startsWith('-') ? `./${path}` : path);
  const { bytes, length } = await warden.call(
    `find ${word} -mindepth 1 -name '.*' -prune -o -maxdepth ${depth} -print0 >&8`,
    { limit: READ_LIMIT },
  );
  if (length > READ_LIMIT) throw new SandboxFileError(`${path}: its listing is too long`);
  const below = bytes.toString('utf8').split('\0');
  return [path, ...below.filter((entry) => entry !== '').sort()];
}

function exit(status: number): string {
  return `(exit ${status})`;
}

function reason(bytes: Buffer): string {
  return bytes.toString('utf8').trim().split(': ').at(-1) ?? '';
}
