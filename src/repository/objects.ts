import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { RepositoryError } from './errors.ts';
import { gitEnvironment, readGit, readOnlyWords } from './git.ts';

/** One entry of a commit's tree. */
export interface TreeEntry {
  /** `100644`, `100755`, `120000` for a link, `160000` for a submodule. */
  readonly mode: string;
  /** Name of the blob. */
  readonly hash: string;
  /** Bytes; 0 for a submodule. */
  readonly size: number;
  /** From the repository's root, with `/`. */
  readonly path: string;
}

/** Every file, link and submodule of a commit, in git's order. */
export async function listTree(
  directory: string,
  commit: string,
  signal?: AbortSignal,
): Promise<TreeEntry[]> {
  const text = await readGit(directory, ['ls-tree', '-r', '-z', '-l', '--full-tree', commit], signal);
  return text.split('\0').filter(Boolean).map(parseEntry);
}

function parseEntry(line: string): TreeEntry {
  const tab = line.indexOf('\t');
  const [mode = '', , hash = '', size = ''] = line.slice(0, tab).split(/ +/);
  return { mode, hash, size: size === '-' ? 0 : Number(size), path: line.slice(tab + 1) };
}

/**
 * The contents of blobs, in the order asked for, through one `git cat-file --batch`.
 *
 * @throws RepositoryError an object is missing (a partial clone, a damaged repository)
 */
export async function* readBlobs(
  directory: string,
  hashes: readonly string[],
  signal?: AbortSignal,
): AsyncGenerator<Buffer> {
  if (hashes.length === 0) return;
  const child = spawn('git', readOnlyWords(directory, ['cat-file', '--batch']), {
    env: gitEnvironment({ isolated: true }),
    stdio: ['pipe', 'pipe', 'ignore'],
    ...(signal && { signal }),
  });
  const failed = once(child, 'error').then(([error]) => Promise.reject(error));
  failed.catch(() => {}); // reported by the race below
  child.stdin.on('error', () => {}); // git has ended; its output tells
  child.stdin.end(`${hashes.join('\n')}\n`);
  const bytes = new ByteReader(child.stdout);
  try {
    for (const hash of hashes) yield await Promise.race([readBlob(bytes, hash, directory), failed]);
  } finally {
    child.kill();
  }
}

async function readBlob(bytes: ByteReader, hash: string, directory: string): Promise<Buffer> {
  const header = await bytes.line();
  const [, type, size] = header.split(' ');
  if (type !== 'blob')
    throw new RepositoryError(`${directory} lacks the object ${hash}: fetch it, or clone in full`);
  const content = await bytes.take(Number(size));
  await bytes.take(1);
  return content;
}

/** Takes lines and counted bytes from a stream. */
class ByteReader {
  readonly #chunks: AsyncIterator<Buffer>;
  #buffer: Buffer = Buffer.alloc(0);

  constructor(stream: AsyncIterable<Buffer>) {
    this.#chunks = stream[Symbol.asyncIterator]();
  }

  async line(): Promise<string> {
    let end = this.#buffer.indexOf(10);
    while (end < 0) {
      if (!(await this.#more())) return '';
      end = this.#buffer.indexOf(10);
    }
    const line = this.#buffer.toString('utf8', 0, end);
    this.#buffer = this.#buffer.subarray(end + 1);
    return line;
  }

  async take(size: number): Promise<Buffer> {
    if (this.#buffer.length < size) await this.#fill(size);
    const bytes = this.#buffer.subarray(0, size);
    this.#buffer = this.#buffer.subarray(size);
    return bytes;
  }

  /** Joins once what a large blob needs, however many pieces it comes in. */
  async #fill(size: number): Promise<void> {
    const pieces: Buffer[] = [this.#buffer];
    let length = this.#buffer.length;
    while (length < size) {
      const { value, done } = await this.#chunks.next();
      if (done) throw new RepositoryError('git ended before it had given everything');
      pieces.push(value);
      length += value.length;
    }
    this.#buffer = Buffer.concat(pieces);
  }

  async #more(): Promise<boolean> {
    const { value, done } = await this.#chunks.next();
    if (done) return false;
    this.#buffer = this.#buffer.length === 0 ? value : Buffer.concat([this.#buffer, value]);
    return true;
  }
}
