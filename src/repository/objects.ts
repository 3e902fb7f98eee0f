import { spawn } from 'node:child_process';
import { RepositoryError } from './errors.ts';
import { gitEnvironment, readGitBytes, readOnlyWords } from './git.ts';

/** One entry of a commit's tree. */
export interface TreeEntry {
  /** `100644`, `100755`, `120000` for a link, `160000` for a submodule. */
  readonly mode: string;
  /** Name of the blob. */
  readonly hash: string;
  /** Bytes; 0 for a submodule, NaN for a blob that this repository lacks. */
  readonly size: number;
  /** From the repository's root, with `/`. */
  readonly path: string;
  /** The same as it is stored, since a name need not be UTF-8. */
  readonly bytes: Buffer;
}

/** Every file, link and submodule of a commit, in git's order. */
export async function listTree(
  directory: string,
  commit: string,
  signal?: AbortSignal,
): Promise<TreeEntry[]> {
  const words = ['ls-tree', '-r', '-z', '-l', '--full-tree', commit];
  const output = await readGitBytes(directory, words, signal);
  const entries: TreeEntry[] = [];
  for (let start = 0; start < output.length; ) {
    const end = output.indexOf(0, start);
    entries.push(parseEntry(output.subarray(start, end)));
    start = end + 1;
  }
  return entries;
}

function parseEntry(line: Buffer): TreeEntry {
  const tab = line.indexOf('\t');
  const [mode = '', , hash = '', size = ''] = line.toString('latin1', 0, tab).split(/ +/);
  const bytes = line.subarray(tab + 1);
  return { mode, hash, size: size === '-' ? 0 : Number(size), path: bytes.toString('utf8'), bytes };
}

/**
 * The contents of blobs, in the order asked for, through one `git cat-file --batch`; undefined for a blob that
 * this repository lacks (a partial clone, a damaged one).
 *
 * @throws RepositoryError git ended early
 */
export async function* readBlobs(
  directory: string,
  hashes: readonly string[],
  signal?: AbortSignal,
): AsyncGenerator<Buffer | undefined> {
  if (hashes.length === 0) return;
  const child = spawn('git', readOnlyWords(directory, ['cat-file', '--batch', '--buffer']), {
    env: gitEnvironment({ isolated: true }),
    stdio: ['pipe', 'pipe', 'ignore'],
    ...(signal && { signal }),
  });
  child.on('error', (error) => child.stdout.destroy(error));
  child.stdin.on('error', () => {}); // git has ended; its output tells
  child.stdin.end(`${hashes.join('\n')}\n`);
  const bytes = new ByteReader(child.stdout);
  try {
    for (const _ of hashes) yield await readBlob(bytes);
  } finally {
    child.kill();
  }
}

async function readBlob(bytes: ByteReader): Promise<Buffer | undefined> {
  const [, type, size] = (await bytes.line()).split(' ');
  if (type === 'missing') return undefined;
  const content = await bytes.take(Number(size));
  await bytes.take(1);
  return type === 'blob' ? content : undefined;
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
      await this.#fill(this.#buffer.length + 1);
      end = this.#buffer.indexOf(10);
    }
    const line = this.#buffer.toString('latin1', 0, end);
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
    const pieces = [this.#buffer];
    let length = this.#buffer.length;
    while (length < size) {
      const { value, done } = await this.#chunks.next();
      if (done) throw new RepositoryError('git cat-file ended before it had given everything');
      pieces.push(value);
      length += value.length;
    }
    this.#buffer = Buffer.concat(pieces, length);
  }
}
