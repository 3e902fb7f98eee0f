import { TESTBED } from './sandbox.ts';

/** `/testbed` as a whole path or its beginning: not `/home/testbed`, `/testbedx` or `/testbed.old`. */
const BEFORE = '(?<![\\w.~/-])';
const AFTER = '(?![\\w-]|\\.\\w)';

/** Translates between `/testbed`, which the host need not have, and the folder that stands for it there. */
export class HostPaths {
  readonly #folder: string;
  readonly #testbed = new RegExp(BEFORE + escapePattern(TESTBED) + AFTER, 'g');
  readonly #real: RegExp;

  /** @param folder absolute, without a slash at the end */
  constructor(folder: string) {
    this.#folder = folder;
    this.#real = new RegExp(escapePattern(folder) + AFTER, 'g');
  }

  /** Command or path for the host. */
  toHost(text: string): string {
    return text.replace(this.#testbed, () => this.#folder);
  }

  /** Output or path for the rollout. */
  fromHost(text: string): string {
    return text.replace(this.#real, TESTBED);
  }
}

function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
