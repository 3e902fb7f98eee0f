import { execFile } from 'node:child_process';
import { SandboxError, SandboxUnavailableError } from './errors.ts';
import { findProgram } from './find-program.ts';
import { Version } from './version.ts';

const OUTPUT_LIMIT = 16 << 20;
/** Characters of what an engine says that are shown. */
const SHOWN = 600;

/** Docker or Podman, with the words that stand before every command. */
export class Engine {
  readonly name: 'docker' | 'podman';
  readonly version: Version;
  readonly #command: readonly string[];

  constructor(name: 'docker' | 'podman', version: Version, command: readonly string[]) {
    this.name = name;
    this.version = version;
    this.#command = command;
  }

  /**
   * @returns what the engine printed, without white space around it
   * @throws SandboxError it failed, with what it said
   */
  run(words: readonly string[]): Promise<string> {
    const [program = '', ...rest] = [...this.#command, ...words];
    return new Promise((resolve, reject) => {
      execFile(program, rest, { maxBuffer: OUTPUT_LIMIT }, (error, stdout, stderr) => {
        if (error === null) resolve(stdout.trim());
        else reject(new SandboxError(`${this.name} ${words[0]} failed: ${lastWords(stderr || stdout)}`));
      });
    });
  }

  async succeeds(words: readonly string[]): Promise<boolean> {
    return this.run(words).then(
      () => true,
      () => false,
    );
  }
}

/**
 * @returns engines that answer, the best first; one more with the runtime `runc` where it is there, since Podman's
 * own, crun, refuses machines with both generations of control groups
 * @throws SandboxUnavailableError there is none
 */
export async function findEngines(): Promise<Engine[]> {
  const [podman, docker, runc] = ['podman', 'docker', 'runc'].map(findProgram);
  const commands = [
    ...(podman === undefined ? [] : [{ name: 'podman', command: [podman] } as const]),
    ...(docker === undefined ? [] : [{ name: 'docker', command: [docker] } as const]),
    ...(podman && runc ? [{ name: 'podman', command: [podman, '--runtime', runc] } as const] : []),
  ];
  if (commands.length === 0) {
    throw new SandboxUnavailableError('no container engine is installed', 'apt-get install podman');
  }
  const silent: string[] = [];
  const engines: Engine[] = [];
  for (const { name, command } of commands) {
    const engine = new Engine(name, new Version(''), command);
    try {
      await engine.run(['info']);
      engines.push(new Engine(name, new Version(await engine.run(['--version'])), command));
    } catch (error) {
      silent.push(error instanceof Error ? error.message : String(error));
    }
  }
  if (engines.length > 0) return engines;
  throw new SandboxUnavailableError(
    `no container engine answers: ${silent.join('; ')}`,
    'start it, or apt-get install podman',
  );
}

/** The last lines are those that tell what was wrong. */
function lastWords(text: string): string {
  const said = text.trim().replace(/\s*\n\s*/g, ' · ');
  return said.length > SHOWN ? `… ${said.slice(-SHOWN)}` : said;
}
