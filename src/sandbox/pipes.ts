import { execFile } from 'node:child_process';
import { closeSync, constants, openSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** The two ends of a pipe; the writing one is a file descriptor to be inherited by a program and then closed. */
export interface Pipe {
  readonly reader: Socket;
  readonly writer: number;
  /** Closes the writing end here, once a program has inherited it. */
  detach(): void;
  /** Closes what is open and lets the pipe be used again. */
  release(): void;
}

/**
 * Makes pipes. Node gives child processes sockets, and a program whose standard output is a socket cannot open
 * `/dev/stdout` or `/dev/stderr`; a named pipe behaves as an anonymous one and can be made from here.
 */
export class Pipes {
  readonly #folder: string;
  readonly #free: string[] = [];
  #made = 0;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async open(count: number): Promise<Pipe[]> {
    if (this.#free.length < count) await this.#make(Math.max(count, 24));
    return this.#free.splice(0, count).map((path) => this.#connect(path));
  }

  async #make(count: number): Promise<void> {
    const paths = Array.from({ length: count }, () => join(this.#folder, `pipe-${this.#made++}`));
    // The mode lets a program of another user open its own /dev/stdout; the folder keeps all others out.
    await promisify(execFile)('mkfifo', ['-m', '666', ...paths]);
    this.#free.push(...paths);
  }

  #connect(path: string): Pipe {
    const reading = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    let writer = openSync(path, constants.O_WRONLY);
    const reader = new Socket({ fd: reading, readable: true, writable: false });
    reader.on('error', () => reader.destroy());
    const detach = (): void => {
      if (writer >= 0) closeSync(writer);
      writer = -1;
    };
    const release = (): void => {
      detach();
      if (reader.destroyed) return;
      reader.once('close', () => this.#free.push(path));
      reader.destroy();
    };
    return { reader, writer, detach, release };
  }
}
