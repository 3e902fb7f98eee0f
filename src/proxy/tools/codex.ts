import type { ClientTool } from '../conversation.ts';
import { quote, unquote } from '../paths/quote.ts';
import { codexResults } from './codex-results.ts';
import type { BashTool, Disguise, NamedCall, ToolKit } from './kit.ts';
import { type FilePatch, readPatch, writePatch } from './patch-text.ts';

/**
 * Codex has a shell and patches, and nothing else for files. Its kit has a reader, an editor and a writer all the
 * same: their calls go to the client as commands and patches, and are read out of those again.
 */
const READ = { name: 'read', path: 'path', offset: 'first', limit: 'count', firstLine: 1 } as const;
const EDIT = { name: 'edit', path: 'path', old: 'old', new: 'new', isWhole: true } as const;
const WRITE = { name: 'write', path: 'path', content: 'content', overwrites: true } as const;

/** Milliseconds for which Codex waits for a command before it lets the model go on; more it does not grant at first. */
const FIRST_WAIT_MS = 30_000;
/** The same for a command that it has let go on, so that both are the time limit of a command in training. */
const SECOND_WAIT_MS = 270_000;
const MOST_TOKENS = 25_000;
const COMMAND_MS = 300_000;

/** Undefined for a client that is not Codex. */
export function codexKit(tools: readonly ClientTool[]): ToolKit | undefined {
  const shell = tools.find(({ name }) => SHELLS.includes(name));
  if (!shell) return undefined;
  const hasPatch = tools.some(({ name, form }) => name === 'apply_patch' && form === 'text');
  const bash = shellTool(shell, tools);
  if (!bash) return undefined;
  const disguise = new CodexDisguise(bash, shell.form === 'vector' || isVector(shell), hasPatch);
  return { bash, read: READ, edit: EDIT, write: WRITE, disguise, results: codexResults };
}

const SHELLS = ['exec_command', 'shell_command', 'local_shell', 'shell'];

function shellTool({ name, parameters }: ClientTool, tools: readonly ClientTool[]): BashTool | undefined {
  const properties = Object.keys(Object(parameters.properties));
  const command = ['cmd', 'command'].find((one) => properties.includes(one));
  if (command === undefined) return undefined;
  const has = (one: string, value: number) => (properties.includes(one) ? { [one]: value } : {});
  const extra = {
    ...has('yield_time_ms', FIRST_WAIT_MS),
    ...has('max_output_tokens', MOST_TOKENS),
    ...has('timeout_ms', COMMAND_MS),
  };
  const poll = tools.some((one) => one.name === 'write_stdin') ? { poll: POLL } : {};
  return { name, command, extra, staysInFolder: false, ...poll };
}

const POLL = {
  name: 'write_stdin',
  session: 'session_id',
  characters: 'chars',
  wait: { yield_time_ms: SECOND_WAIT_MS, max_output_tokens: MOST_TOKENS },
} as const;

function isVector({ parameters }: ClientTool): boolean {
  const { command } = Object(parameters.properties);
  return Object(command).type === 'array';
}

class CodexDisguise implements Disguise {
  readonly #bash: BashTool;
  readonly #isVector: boolean;
  readonly #hasPatch: boolean;

  constructor(bash: BashTool, isVector: boolean, hasPatch: boolean) {
    this.#bash = bash;
    this.#isVector = isVector;
    this.#hasPatch = hasPatch;
  }

  toClient(call: NamedCall): NamedCall {
    const { name, input } = call;
    switch (name) {
      case READ.name:
        return this.#command(readCommand(input));
      case EDIT.name: {
        const [path, before, after] = [text(input.path), text(input.old), text(input.new)];
        return this.#patch({ type: 'update', path, old: before, new: after });
      }
      case WRITE.name:
        return this.#patch({ type: 'add', path: text(input.path), content: text(input.content) });
      case this.#bash.name:
        return this.#vector(call);
      default:
        return call;
    }
  }

  toKit(call: NamedCall): NamedCall {
    if (call.name === 'apply_patch') return patchCall(text(call.input.input)) ?? call;
    if (call.name !== this.#bash.name) return call;
    const given = call.input[this.#bash.command];
    const command = Array.isArray(given) ? text(given.at(-1)) : text(given);
    const patch = /^apply_patch <<'SERA_PATCH'\n([\s\S]*)\nSERA_PATCH$/.exec(command)?.[1];
    const known = patch === undefined ? readCall(command) : patchCall(patch);
    return known ?? { name: call.name, input: { ...call.input, [this.#bash.command]: command } };
  }

  #patch(patch: FilePatch): NamedCall {
    const written = writePatch(patch);
    if (this.#hasPatch) return { name: 'apply_patch', input: { input: written } };
    return this.#command(`apply_patch <<'SERA_PATCH'\n${written}\nSERA_PATCH`);
  }

  #command(command: string): NamedCall {
    const { name, extra } = this.#bash;
    return this.#vector({ name, input: { [this.#bash.command]: command, ...extra } });
  }

  #vector({ name, input }: NamedCall): NamedCall {
    if (!this.#isVector) return { name, input };
    const command = ['bash', '-lc', text(input[this.#bash.command])];
    return { name, input: { ...input, [this.#bash.command]: command } };
  }
}

function readCommand({ path, first, count }: NamedCall['input']): string {
  const file = quote(text(path), 'none');
  if (first === undefined && count === undefined) return `LC_ALL=C cat ${file}`;
  const start = Number(first ?? 1);
  const last = count === undefined ? '$' : String(start + Number(count) - 1);
  return `LC_ALL=C wc -l ${file} && sed -n '${start},${last}p' ${file}`;
}

const FILE = '((?:\\\\.|[^\\s\\\\])+)';
const WHOLE = new RegExp(`^LC_ALL=C cat ${FILE}$`);
const PART = new RegExp(`^LC_ALL=C wc -l ${FILE} && sed -n '(\\d+),(\\d+|\\$)p' ${FILE}$`);

function readCall(command: string): NamedCall | undefined {
  const whole = WHOLE.exec(command)?.[1];
  if (whole !== undefined) return { name: READ.name, input: { path: unquote(whole) } };
  const [, file, from, to] = PART.exec(command) ?? [];
  if (file === undefined) return undefined;
  const first = Number(from);
  const count = to === '$' ? {} : { count: Number(to) - first + 1 };
  return { name: READ.name, input: { path: unquote(file), first, ...count } };
}

function patchCall(written: string): NamedCall | undefined {
  const patch = readPatch(written);
  if (patch?.type === 'update') {
    const { path, old: before, new: after } = patch;
    return { name: EDIT.name, input: { path, old: before, new: after } };
  }
  return patch && { name: WRITE.name, input: { path: patch.path, content: patch.content } };
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
