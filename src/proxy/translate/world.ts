import type { ClientCall } from '../conversation.ts';
import type { Paths } from '../paths/paths.ts';
import type { ToolKit } from '../tools/kit.ts';
import type { CallId } from './call-id.ts';
import type { KnownFiles } from './known-files.ts';
import type { ShellFolder } from './shell-folder.ts';

/** Everything that a translation of one call may look at. */
export interface World {
  readonly kit: ToolKit;
  readonly paths: Paths;
  readonly known: KnownFiles;
  readonly shell: ShellFolder;
}

/** What is to be done about a call of the model: a call of the client's, or what the model reads at once. */
export type Plan =
  | {
      readonly type: 'call';
      readonly name: string;
      readonly input: ClientCall['input'];
      readonly id: Omit<CallId, 'base'>;
    }
  | { readonly type: 'refused'; readonly text: string };

/** What came of a call: what the model reads, or the client's next call. */
export type Progress =
  | { readonly type: 'observed'; readonly output: string }
  | Extract<Plan, { type: 'call' }>;

export function observed(output: string): Progress {
  return { type: 'observed', output };
}
