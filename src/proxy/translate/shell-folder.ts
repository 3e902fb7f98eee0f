import { posix } from 'node:path';
import { type Command, parse, type Script } from 'unbash';
import { TESTBED } from '../../sandbox/index.ts';

type Node = Script['commands'][number]['command'];

/**
 * Where the model's shell stands. In its training one shell stays open; a client that starts a new one for every
 * command must be told to go where the last one went. What a command did is read from its text alone.
 */
export class ShellFolder {
  #folder = TESTBED;

  copy(): ShellFolder {
    const copy = new ShellFolder();
    copy.#folder = this.#folder;
    return copy;
  }

  /** Undefined where it is the repository's root, in which every shell begins. */
  get moved(): string | undefined {
    return this.#folder === TESTBED ? undefined : this.#folder;
  }

  /**
   * @param command in the model's paths
   * @param output by which a `cd` that failed is known
   */
  ran(command: string, output: string): void {
    if (!/\bcd\b/.test(command) || /\bcd: /.test(output)) return;
    const { commands } = parse(command);
    for (const { command: node } of commands) this.#follow(node);
  }

  #follow(node: Node): void {
    if (node.type === 'Command') this.#change(node);
    // What follows `||` is not likely to have run.
    else if (node.type === 'AndOr') {
      const alternative = node.operators.indexOf('||');
      for (const one of node.commands.slice(0, alternative === -1 ? undefined : alternative + 1))
        this.#follow(one);
    } else if (node.type === 'BraceGroup') {
      for (const { command } of node.body.commands) this.#follow(command);
    }
  }

  #change({ name, args }: Command): void {
    if (name?.value !== 'cd' || args.length > 1) return;
    const [word] = args;
    const isPlain = word?.type === 'Word' && !/[$`*?~]/.test(word.text) && word.value !== '-';
    if (isPlain) this.#folder = posix.resolve(this.#folder, word.value);
  }
}
