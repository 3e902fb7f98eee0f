import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sandboxesFor, sandboxKinds } from '../../test/sandboxes.ts';
import type { Sandbox } from './sandbox.ts';

const kinds = await sandboxKinds();
const FILES = {
  'a.py': 'one\ntwo\nthree\n',
  'src/b.py': 'print(1)\n',
  'empty.py': '',
  'image.bin': Buffer.from([0, 1, 2, 255]),
  '.gitignore': '*.log\nbuild/\n',
  '.gitattributes': '*.txt text eol=crlf\n',
  'dos.txt': 'a\r\nb\r\n',
};

for (const kind of ['bubblewrap', 'host'] as const) {
  const missing = kinds[kind];
  describe.skipIf(missing)(`the patch of a ${kind} sandbox${missing ? ` (${missing})` : ''}`, () => {
    const sandboxes = sandboxesFor(kind, FILES);
    let sandbox: Sandbox;
    const run = (command: string) => sandbox.run(command, { timeout: 60 });

    beforeEach(async () => {
      sandbox = await sandboxes.open();
    });
    afterEach(() => sandbox.close());

    it('is empty where nothing was changed', async () => {
      expect(await sandbox.patch()).toBe('');
      await run('touch a.py; git status; echo a > x.log; mkdir -p build; echo b > build/c');
      expect(await sandbox.patch()).toBe('');
    });

    it('has changed, new, removed, moved and binary files, and turns the old tree into the new one', async () => {
      await run('sed -i s/two/2/ a.py; git mv src/b.py src/c.py; rm empty.py; chmod +x a.py');
      await run('echo new > "src/a new.py"; ln -s a.py link; printf "\\0\\1" > image.bin');
      const patch = await sandbox.patch();
      expect(patch).toContain('old mode 100644\nnew mode 100755');
      expect(patch).toContain('-two\n+2\n');
      expect(patch).toContain('rename from src/b.py\nrename to src/c.py');
      expect(patch).toContain('deleted file mode 100644\nindex e69de29..0000000');
      expect(patch).toContain('new file mode 120000');
      expect(patch).toContain('Binary files a/image.bin and b/image.bin differ');
      await run('git checkout -q image.bin');
      expect(apply(sandboxes.tree, await sandbox.patch())).toBe(
        'a.py:100755 link:120000 src/a new.py:100644 src/c.py:100644',
      );
    });

    it('is what git itself gives', async () => {
      await run('echo x >> a.py; echo y > new.py; rm src/b.py; echo c >> dos.txt');
      const patch = await sandbox.patch();
      const own = await run('git add -A 2>/dev/null && git diff --cached');
      expect(patch).toBe(`${own.output}\n`);
    });

    it('is taken against the starting point whatever was committed, staged, stashed or checked out', async () => {
      await run('echo x >> a.py; git -c user.name=a -c user.email=b commit -qam change');
      const committed = await sandbox.patch();
      expect(committed).toContain('+x');
      await run(
        'git checkout -q --orphan other; git rm -rq --cached .; git reflog expire --all --expire=now',
      );
      expect(await sandbox.patch()).toBe(committed);
      await run('rm -rf .git; git init -q; git config core.bare true');
      expect(await sandbox.patch()).toBe(committed);
      await run('rm -rf .git; echo nonsense > .git');
      expect(await sandbox.patch()).toBe(committed);
    });

    it('sees a change of equal length in the same second, and files that changed places', async () => {
      await run('sed -i s/two/tow/ a.py; printf "print(2)\\n" > src/b.py');
      expect(await sandbox.patch()).toContain('-two\n+tow');
      expect(await sandbox.patch()).toContain('-print(1)\n+print(2)');
    });

    it('is taken again and again', async () => {
      await run('echo x >> a.py');
      const first = await sandbox.patch();
      expect(await sandbox.patch()).toBe(first);
      await run('git checkout -q a.py');
      expect(await sandbox.patch()).toBe('');
    });

    it('comes out of a tree with repositories, pipes, sockets, locked and huge files in it', async () => {
      await run('echo x >> a.py; git init -q nested; mkfifo pipe; echo s > secret; chmod 000 secret');
      await run(
        'git init -q full; cd full; echo f > f; git add f; git -c user.name=a -c user.email=b commit -qm f',
      );
      await run('truncate -s 40M huge; mkdir locked; touch locked/f; chmod 000 locked');
      await run('touch "$(printf "line\\nbreak \\"quote\\" \\t \\377")"; ln -s / root; ln -s loop loop');
      const patch = await sandbox.patch();
      expect(patch).toContain('+++ b/a.py');
      expect(patch).toContain('line\\nbreak');
      expect(patch.length).toBeLessThan(10_000);
      await run('chmod -R u+rwx locked');
    });
  });
}

/** Applies a patch to a copy of a tree and tells which files differ then, with their modes. */
function apply(tree: string, patch: string): string {
  const copy = mkdtempSync(join(tmpdir(), 'sera-apply-'));
  cpSync(tree, copy, { recursive: true });
  const git = (args: readonly string[], input = ''): string =>
    execFileSync('git', ['-C', copy, ...args], { ...(input && { input }), encoding: 'utf8' });
  git(['update-index', '-q', '--refresh']);
  git(['apply', '--index'], patch);
  const changed = git(['diff', '--cached', '--raw', '--diff-filter=d', '--no-renames', 'HEAD'])
    .trim()
    .split('\n');
  rmSync(copy, { recursive: true });
  return changed.map((line) => `${line.split('\t')[1]}:${line.split(' ')[1]}`).join(' ');
}
