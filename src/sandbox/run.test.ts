import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sandboxesFor, sandboxKinds } from '../../test/sandboxes.ts';
import type { CommandResult, Sandbox } from './sandbox.ts';

const kinds = await sandboxKinds();

/** A command that counts the processes with an argument like this, where nobody has installed pgrep. */
function counting(pattern: string): string {
  return `cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' '\\n' | grep -cx '${pattern}'`;
}

for (const kind of ['bubblewrap', 'host'] as const) {
  const missing = kinds[kind];
  describe.skipIf(missing)(`fresh commands in a ${kind} sandbox${missing ? ` (${missing})` : ''}`, () => {
    const sandboxes = sandboxesFor(kind, { 'a.txt': 'one\n' });
    let sandbox: Sandbox;
    const run = (command: string, timeout = 20): Promise<CommandResult> => sandbox.run(command, { timeout });
    const output = async (command: string): Promise<string> => (await run(command)).output;

    beforeAll(async () => {
      sandbox = await sandboxes.open();
    });
    afterAll(() => sandbox.close());

    it('know nothing of each other but the files', async () => {
      await run('cd /tmp; x=1; export y=2; set -e; echo two >> /testbed/a.txt');
      expect(await output('pwd; echo "[$x$y]"; cat a.txt')).toBe('/testbed\n[]\none\ntwo');
    });

    it('find a short environment and nothing of the user’s', async () => {
      const names = (await output('env')).split('\n').map((line) => line.split('=')[0]);
      const known = 'PATH HOME USER LOGNAME SHELL LANG TERM PAGER MANPAGER GIT_PAGER LESS PIP_PROGRESS_BAR';
      const own = [...known.split(' '), 'TQDM_DISABLE', 'PWD', 'OLDPWD', 'SHLVL', '_', 'TMPDIR'];
      expect(names.filter((name) => !own.includes(name ?? ''))).toEqual([]);
      expect(await output('echo $PAGER $GIT_PAGER $TERM $LANG')).toBe('cat cat dumb C.UTF-8');
    });

    it('are ended at their time limit, with what they started', async () => {
      const result = await run('echo begun; sleep 987 | sleep 987', 0.3);
      expect(result).toMatchObject({ output: 'begun', timedOut: true, exitCode: null });
      expect(await output(counting('98[7]'))).toBe('0');
    });

    it('may exit, kill themselves and their parent, and read standard input', async () => {
      expect(await run('exit 5')).toMatchObject({ exitCode: 5, output: '' });
      expect(await run('kill -9 $$')).toMatchObject({ exitCode: 137 });
      await run('kill -9 $PPID; sleep 5');
      expect(await run('cat; echo end')).toMatchObject({ exitCode: 0, output: 'end' });
    });

    it('may be longer than an argument of a program', async () => {
      expect(await output(`text='${'é'.repeat(150_000)}'; echo \${#text}`)).toBe('150000');
    });

    it('keep their background processes until the sandbox is closed', async () => {
      await run('sleep 986 & echo started');
      expect(await output(counting('98[6]'))).toBe('1');
    });
  });
}
