import type { Readable, Writable } from 'node:stream';
import { Channel } from './channel.ts';
import { ByteSink } from './collect.ts';
import { SandboxError } from './errors.ts';
import type { SandboxLimits } from './sandbox.ts';

/** A bash's two pipes, as this program sees them. */
export interface Line {
  readonly input: Writable;
  readonly output: Readable;
}

/**
 * Functions of the warden, in builtins alone: it must answer also where no process can be started any more.
 *
 * `keep NONCE` runs an interactive bash each time it is told to, and says when it ended. Bash is interactive
 * because only then an interrupt or a failing expansion leaves the command and not the shell. Where memory runs out,
 * the kernel shall end what it started before the warden and before other programs.
 *
 * `strike PID SIGNAL SECONDS` signals the descendants of a process that are not older.
 */
const FUNCTIONS = `
keep() {
  echo 500 > /proc/self/oom_score_adj
  while read -r line; do
    [[ $line == "go $1" ]] || continue
    bash --noprofile --norc --noediting -i
    builtin printf '\\036%s %d\\036' "$1" $? >&8
  done
}
strike() {
  local stat text pid up now; local -a field parent=() start=()
  IFS=. read -r now text < /proc/uptime
  for stat in /proc/[0-9]*/stat; do
    text=; IFS= read -r -d '' text < "$stat"
    pid=\${text%% *}; field=(\${text##*) })
    [[ -n $pid ]] && parent[pid]=\${field[1]} start[pid]=\${field[19]}
  done
  for pid in "\${!parent[@]}"; do
    up=\${parent[pid]}
    while (( up != $1 && up > 1 )); do up=\${parent[up]:-0}; done
    (( up == $1 && now * 100 - start[pid] <= $3 * 100 )) && kill -"$2" "$pid"
  done
}
`;

/** Bytes of its answer that a warden's call may have where nothing else is said. */
const ANSWER_LIMIT = 1 << 20;

export interface CallOptions {
  /** Bytes of the answer that are kept. */
  readonly limit?: number;
  /** Seconds. */
  readonly timeout?: number;
}

export interface Answer {
  readonly status: number;
  readonly bytes: Buffer;
  /** Bytes of the whole answer; more than in `bytes` where it was longer than the limit. */
  readonly length: number;
}

/**
 * The first process of a sandbox: a bash that this program speaks to and no command of the rollout runs in. It
 * starts the rollout's shells, signals what runs in them, reads and writes files, and takes the patch.
 */
export class Warden {
  readonly #channel: Channel;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(line: Line) {
    this.#channel = new Channel(line.input, line.output);
  }

  /**
   * @param prologue lines of bash of the sandbox's kind
   * @returns when the sandbox is ready for commands
   */
  async boot(limits: SandboxLimits, prologue: string): Promise<void> {
    const kilobytes = (bytes: number): number => Math.ceil(bytes / 1024);
    await this.call(
      [
        'exec 2>/dev/null; set +o history +H; history -c; unset PS1 PS2 HISTFILE MAILCHECK; umask 022',
        `ulimit -c 0; ulimit -n ${limits.openFiles}`,
        `ulimit -d ${kilobytes(limits.memory)}; ulimit -f ${kilobytes(limits.disk)}`,
        prologue,
        FUNCTIONS,
      ].join('\n'),
    );
  }

  /** Runs a script and gives its output, one call after the other. */
  call(script: string, options: CallOptions = {}): Promise<Answer> {
    const answer = this.#queue.then(() => this.#call(script, options));
    this.#queue = answer.catch(() => undefined);
    return answer;
  }

  /** Ends every process but this one, at once where it is the first of the sandbox's own. */
  async sweep(): Promise<void> {
    await this.call('if (( $$ == 1 )); then kill -KILL -1; else strike $$ KILL 1000000000; fi');
  }

  break(error: Error): void {
    this.#channel.break(error);
  }

  async #call(script: string, { limit = ANSWER_LIMIT, timeout = 60 }: CallOptions): Promise<Answer> {
    const sink = new ByteSink(limit);
    const timer = setTimeout(() => {
      this.#channel.break(new SandboxError(`the sandbox did not answer within ${timeout} s`));
    }, timeout * 1000);
    try {
      const { status } = await this.#channel.execute(`${script}\n`, sink);
      return { status, bytes: sink.finish(), length: sink.length };
    } finally {
      clearTimeout(timer);
    }
  }
}
