import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sandboxesFor, sandboxKinds } from '../../test/sandboxes.ts';
import type { CommandResult, Sandbox } from './sandbox.ts';

const kinds = await sandboxKinds();

for (const kind of ['bubblewrap', 'host'] as const) {
  const missing = kinds[kind];
  describe.skipIf(missing)(`the shell of a ${kind} sandbox${missing ? ` (${missing})` : ''}`, () => {
    const sandboxes = sandboxesFor(kind, { 'a.txt': 'one\n', 'folder/b.txt': 'two\n' });
    let sandbox: Sandbox;
    const shell = (command: string, timeout = 20): Promise<CommandResult> =>
      sandbox.shell(command, { timeout });
    const output = async (command: string): Promise<string> => (await shell(command)).output;

    beforeAll(async () => {
      sandbox = await sandboxes.open();
    });
    afterAll(() => sandbox.close());

    it('starts in the repository and keeps directory, variables, functions and aliases', async () => {
      expect(await output('pwd; ls')).toBe('/testbed\na.txt\nfolder');
      await shell('cd folder; x=5; export y=6; f() { echo "f $1"; }; alias g="echo g"; arr=(1 2)');
      expect(await output('pwd; echo $x $y $((arr[0] + arr[1])); f z; g h')).toBe(
        '/testbed/folder\n5 6 3\nf z\ng h',
      );
      await shell('cd /testbed');
    });

    it('gives exit statuses, standard error, and output without its last newline', async () => {
      expect(await shell('echo out; echo err >&2; (exit 7)')).toEqual({
        output: 'out\nerr',
        newline: true,
        exitCode: 7,
        timedOut: false,
        omitted: 0,
      });
      expect(await output('printf "a\\n\\n"')).toBe('a\n');
      expect(await shell('printf "no newline"')).toMatchObject({ output: 'no newline', newline: false });
      expect(await shell('true')).toMatchObject({ output: '', exitCode: 0 });
    });

    it('takes any text: quotes, line breaks, here-documents, characters of any alphabet, NUL', async () => {
      expect(await output(`echo 'it'"'"'s' "\\$HOME" "a\tb" # comment`)).toBe(`it's $HOME a\tb`);
      expect(await output("cat <<'EOF'\nline '1'\n\\n $x\nEOF\necho end")).toBe("line '1'\n\\n $x\nend");
      expect(await output('echo "日本語 é 😀"')).toBe('日本語 é 😀');
      expect(await output('LC_ALL=C; echo "日本語"; unset LC_ALL')).toBe('日本語');
      expect(await output('echo a\0b')).toBe('ab');
      expect(await output('echo one\r')).toBe('one\r');
      expect(await output(`echo ${'x'.repeat(300_000)} | wc -c`)).toBe('300001');
    });

    it.each([
      ['unterminated quote', 'echo "abc'],
      ['unterminated here-document', 'cat <<EOF\nabc'],
      ['syntax error', 'if then fi ((('],
      ['return and break outside of anything', 'return 3; break; continue'],
      ['unset variable under set -u', 'set -u; echo $nothing_here; echo no'],
      ['failing expansion', 'echo $((1 / 0)); echo no'],
      ['read-only variable', 'readonly r=1; r=2'],
      ['exec of a missing program', 'exec no-such-program'],
      ['output sent away', 'exec >/dev/null 2>&1'],
      ['tracing', 'set -x; echo traced'],
      ['verbose', 'set -v; echo verbose'],
      ['programs that wait for input', 'cat; read x; sort'],
      ['control characters', 'printf "\\036\\036 0\\036\\033[2J\\007"'],
      ['binary output', 'head -c 5000 /dev/urandom'],
      ['closed descriptor of the protocol', 'exec 8>&-'],
      ['prompts', 'PS1="prompt> "; PS2="more> "; PROMPT_COMMAND="echo never"'],
    ])('goes on with its variables after %s', async (_name, command) => {
      await shell('set +uxv; kept=here; PROMPT_COMMAND=');
      await shell(command);
      await shell('set +uxv; PROMPT_COMMAND=');
      expect(await shell('echo $kept')).toMatchObject({ output: 'here', exitCode: 0 });
    });

    it.each([
      ['exit', 'echo bye; exit 3', 3],
      ['exec', 'exec true', 0],
      ['a signal to itself', 'kill -9 $$; sleep 5', 137],
      ['a failing command under set -e', 'set -e; false; echo no', 1],
      ['a read from the closed pipe of its commands', 'for n in {0..255}; do eval "exec $n>&-"; done', 1],
    ])('says so and starts again in the repository after %s', async (_name, command, status) => {
      await shell('cd folder');
      const ended = await shell(command);
      expect(ended.exitCode).toBe(status);
      expect(ended.output).toMatch(/\[the shell ended with status \d+ and was started again in \/testbed\]$/);
      expect(await output('pwd; echo alive')).toBe('/testbed\nalive');
    });

    it.each([
      ['a sleeping program', 'echo before; sleep 1000; echo after', 'before'],
      ['a loop of builtins', 'while :; do :; done', ''],
      ['functions that call each other', 'f() { g; }; g() { while :; do h; done; }; h() { :; }; f', ''],
      ['a pipeline', 'yes | sleep 1000 | cat', ''],
      ['wait', 'sleep 1000 & wait', expect.stringMatching(/^\[1\] \d+$/)],
    ])('interrupts %s in time and keeps its variables', async (_name, command, seen) => {
      await shell('kept=still; cd folder');
      const result = await shell(command, 0.3);
      expect(result).toMatchObject({ timedOut: true, exitCode: null, output: seen });
      expect(await output('echo $kept; pwd')).toBe('still\n/testbed/folder');
      await shell('cd /testbed; kill %% 2>/dev/null');
    });

    it('kills what does not heed the interrupt, and keeps its variables', async () => {
      await shell('kept=still');
      const stubborn = `bash -c 'trap "" INT TERM; while :; do sleep 1000; done'`;
      expect(await shell(stubborn, 0.2)).toMatchObject({ timedOut: true, exitCode: null });
      expect(await output('echo $kept')).toBe('still');
    });

    it.skipIf(kind === 'host')('is itself started again where it does not heed the interrupt', async () => {
      const result = await shell('trap "" INT; while :; do :; done', 0.2);
      expect(result).toMatchObject({ timedOut: true, exitCode: null });
      expect(result.output).toContain('started again');
      expect(await output('echo alive')).toBe('alive');
    });

    it('does not wait for background processes, which live on and outlive later interrupts', async () => {
      const { output: started } = await shell('sleep 1000 & server=$!; echo started');
      expect(started).toMatch(/^\[1\] \d+\nstarted$/);
      await shell('sleep 1000', 0.2);
      expect(await output('kill -0 $server && echo lives; kill $server')).toBe('lives');
    });

    it('shows what background processes print with the next command', async () => {
      await shell('{ sleep 0.1; echo late; } &');
      expect(await output('sleep 0.5; echo now')).toBe('late\nnow');
    });

    it('keeps the head and the tail of huge output in bounded memory, and counts the rest', async () => {
      const before = process.memoryUsage().rss;
      const result = await shell('yes "a line of some length é" | head -c 100000000; echo; echo end', 60);
      expect(result.output.length).toBe(100_000);
      expect(result.output.startsWith('a line of some length é\na line')).toBe(true);
      expect(result.tail?.endsWith('\nend')).toBe(true);
      expect(result.omitted).toBeGreaterThan(90_000_000);
      expect(process.memoryUsage().rss - before).toBeLessThan(150_000_000);
      expect(await output('echo fine')).toBe('fine');
    });

    it('names the signal that ended a program', async () => {
      expect(await shell('bash -c "kill -SEGV \\$\\$"')).toMatchObject({
        output: 'Segmentation fault',
        exitCode: 139,
      });
    });

    it('opens /dev/stdout and /dev/stderr', async () => {
      expect(await output('echo a >/dev/stdout; echo b >/dev/stderr; echo c | tee /dev/stderr')).toBe(
        'a\nb\nc\nc',
      );
    });

    it('ends a command when the signal is aborted, with its reason, and goes on', async () => {
      const controller = new AbortController();
      const reason = new Error('stop');
      setTimeout(() => controller.abort(reason), 100);
      await expect(sandbox.shell('sleep 1000', { timeout: 60, signal: controller.signal })).rejects.toBe(
        reason,
      );
      await expect(sandbox.shell('echo', { timeout: 60, signal: controller.signal })).rejects.toBe(reason);
      expect(await output('echo fine')).toBe('fine');
    });

    it('runs commands that are sent at once one after the other', async () => {
      const results = await Promise.all([1, 2, 3].map((n) => output(`last=\${last}${n}; echo $last`)));
      expect(results).toEqual(['1', '12', '123']);
    });
  });
}
