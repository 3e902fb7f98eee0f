import { execFile } from 'node:child_process';
import { closeSync, constants, openSync, unlinkSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** The two ends of a pipe; the writing one is a file descriptor to be inherited by a program and then closed. */
export interface Pipe {
  readonly reader: Socket;
  readonly writer: number;
}

/** One start of a program makes so many. */
const BATCH = 24;

/**
 * Makes pipes. Node gives child processes sockets, and a program whose standard output is a socket cannot open
 * `/dev/stdout` or `/dev/stderr`; a named pipe behaves as an anonymous one and can be made from here.
 */
export class Pipes {
  readonly #folder: string;
  readonly #made: string[] = [];
  #count = 0;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async open(): Promise<Pipe> {
    for (;;) {
      const path = this.#made.pop();
      if (path !== undefined) return connect(path);
      await this.#make();
    }
  }

  async #make(): Promise<void> {
    const paths = Array.from({ length: BATCH }, () => join(this.#folder, `pipe-${this.#count++}`));
    // The mode lets a program of another user open its own /dev/stdout; the folder keeps all others out.
    await promisify(execFile)('mkfifo', ['-m', '666', ...paths]);
    this.#made.push(...paths);
  }
}

function connect(path: string): Pipe {
  const reading = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const writer = openSync(path, constants.O_WRONLY);
  unlinkSync(path);
  const reader = new Socket({ fd: reading, readable: true, writable: false });
  reader.on('error', () => reader.destroy());
  return { reader, writer };
}

/** Closes the writing end here, once a program has inherited it. */
export function detach(pipe: Pipe): void {
  closeSync(pipe.writer);
}
