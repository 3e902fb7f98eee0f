import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cannotBe, ORDINARY_USER, SandboxClient } from './sandbox-client.ts';
import { makeTree, sandboxKinds } from './sandboxes.ts';

const { bubblewrap: missing } = await sandboxKinds();
const SECRET = 'sera-secret-7d1f';
const MARK = '31415.926';
const LIMITS = { memory: 512 << 20, disk: 96 << 20, processes: 120 };

for (const user of ['root', 'ordinary user'] as const) {
  const reason = missing ?? cannotBe(user);
  describe.skipIf(reason)(`a bubblewrap sandbox of ${user}${reason ? ` (${reason})` : ''}`, () => {
    let folder: string;
    let tree: string;
    let sandbox: SandboxClient;
    let victim: ChildProcess;
    let listener: Server;
    let port: number;
    let connections = 0;

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'sera-escape-'));
      chmodSync(folder, 0o777);
      mkdirSync(join(folder, 'home'));
      writeFileSync(join(folder, 'home', 'key'), SECRET, { mode: 0o644 });
      const work = join(folder, 'work');
      mkdirSync(work);
      if (user === 'ordinary user' && process.getuid?.() === 0) chownSync(work, ORDINARY_USER, ORDINARY_USER);
      tree = makeTree({ 'a.py': 'one\n', 'b.txt': 'two\n' });
      chmodSync(tree, 0o755);
      // `exec -a`: the victim's command line carries the secret, too.
      victim = spawn('bash', ['-c', `exec -a ${SECRET} sleep 1000`], {
        env: { ...process.env, KEY: SECRET },
      });
      listener = createServer(() => {
        connections += 1;
      });
      await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
      const address = listener.address();
      port = typeof address === 'object' && address !== null ? address.port : 0;
      sandbox = await SandboxClient.open(user, work, tree, { limits: LIMITS }, { API_KEY: SECRET });
    });
    afterAll(async () => {
      await sandbox.end();
      victim.kill('SIGKILL');
      listener.close();
      rmSync(folder, { recursive: true });
      rmSync(tree, { recursive: true });
    });

    it('shows no home, and nothing else outside the system’s folders', async () => {
      const paths = [
        '/root',
        '/home/*',
        `${folder}`,
        '/mnt',
        '/var/lib',
        '/etc/shadow',
        '/etc/ssh',
        '/boot',
        '/sys',
      ];
      expect(await sandbox.output(`ls -d ${paths.join(' ')} 2>/dev/null`)).toBe('/home/user');
      expect(await sandbox.output(`cat ${folder}/home/key /etc/shadow 2>&1`)).not.toContain(SECRET);
      expect(await sandbox.output('ls -A ~ /tmp')).toBe('/home/user:\n\n/tmp:');
    });

    it('shows no variable and no command line of a process outside', async () => {
      expect(await sandbox.output('env')).not.toContain(SECRET);
      const all = await sandbox.output('cat /proc/*/environ /proc/*/cmdline | tr "\\0" "\\n"');
      expect(all).toContain('PAGER=cat');
      expect(all).not.toContain(SECRET);
      expect(await sandbox.output('ls -d /proc/[0-9]* | wc -l').then(Number)).toBeLessThan(12);
    });

    it('writes nowhere but to its tree, its temporary folder and its home', async () => {
      const folders = '/ /usr /usr/bin /usr/local /etc /var /dev /proc /run /run/sera/git /sys /opt /home';
      const tried = `for f in ${folders}; do (echo x > $f/escaped) 2>/dev/null && echo $f; done; echo end`;
      expect(await sandbox.output(tried)).toBe('end');
      expect(
        await sandbox.output('for f in /testbed /tmp ~; do echo x > $f/x && rm $f/x && echo $f; done'),
      ).toBe('/testbed\n/tmp\n/home/user');
      expect(
        await sandbox.output(
          'rm -rf /usr/bin/env /etc/passwd /run/sera/git/HEAD 2>/dev/null; ls /usr/bin/env',
        ),
      ).toBe('/usr/bin/env');
      expect(existsSync('/escaped') || existsSync('/tmp/escaped')).toBe(false);
    });

    it('reaches no network: neither this machine’s nor a name', async () => {
      expect((await sandbox.run(`exec 3<>/dev/tcp/127.0.0.1/${port}`)).exitCode).not.toBe(0);
      expect((await sandbox.run(`timeout 5 bash -c "exec 3<>/dev/tcp/1.1.1.1/53"`)).exitCode).not.toBe(0);
      expect((await sandbox.run('timeout 5 getent hosts example.com')).exitCode).not.toBe(0);
      expect(await sandbox.output('cat /proc/net/dev | grep -c :')).toBe('1');
      expect(connections).toBe(0);
    });

    it('sees and signals no process outside', async () => {
      await sandbox.run(`kill -9 ${victim.pid}; kill -9 ${process.pid}; kill -9 ${sandbox.program.pid}`);
      await sandbox.run('kill -9 -1');
      expect(victim.exitCode ?? victim.signalCode).toBeNull();
      expect(await sandbox.output('echo alive')).toBe('alive');
    });

    it('has no rights, gets none by programs that give them, and makes no namespaces, mounts or devices', async () => {
      const status = await sandbox.output('grep -E "^(Cap|NoNewPrivs|Uid)" /proc/self/status');
      expect(status.match(/Cap\w+:\t0{16}\n/g)).toHaveLength(5);
      expect(status).toContain('NoNewPrivs:\t1');
      expect(status).toContain('Uid:\t1000\t1000\t1000\t1000');
      const attempts = [
        'unshare -Ur true',
        'unshare -m true',
        'mount -t tmpfs x /tmp',
        'mount -o remount,rw /usr',
        'umount /testbed',
        'umount -l /proc',
        'mknod /tmp/device b 8 0',
        'chroot / true',
        'su -c true',
        'setpriv --reuid 0 true',
        'hostname other',
        'echo -900 > /proc/self/oom_score_adj',
        'ulimit -u unlimited',
        'nice -n -5 true 2>&1 | grep -qv cannot',
      ];
      const tried = attempts.map((attempt) => `(${attempt}) >/dev/null 2>&1 && echo '${attempt}'`).join('; ');
      expect(await sandbox.output(`${tried}; echo end`)).toBe('end');
    });

    it('is refused calls through which kernels have been attacked', async () => {
      expect(await sandbox.output('grep "^Seccomp:" /proc/self/status')).toBe('Seccomp:\t2');
      const calls = {
        keyctl: 250,
        bpf: 321,
        perf_event_open: 298,
        userfaultfd: 323,
        fsopen: 430,
        clone3: 435,
      };
      const words = process.arch === 'x64' ? Object.values(calls) : [219, 280, 241, 282, 430, 435];
      const script = `use POSIX; for (@ARGV) { $! = 0; syscall($_ + 0, 0, 0, 0, 0, 0); print $! + 0, " " }`;
      const tried = await sandbox.run(`perl -e '${script}' ${words.join(' ')}`);
      if (tried.exitCode !== 127) expect(tried.output).toBe('1 1 1 1 1 38 ');
      expect((await sandbox.run('perl -e "exit(fork() ? 0 : 0)"; echo still forks')).output).toBe(
        'still forks',
      );
    });

    it('changes nothing of the kernel', async () => {
      const targets =
        '/proc/sys/kernel/core_pattern /proc/sys/vm/overcommit_memory /proc/sysrq-trigger /proc/sys/kernel/hostname';
      const tried = `for f in ${targets} /proc/sys/net/ipv4/ip_forward; do (echo 1 > $f) 2>/dev/null && echo $f; done; echo end`;
      expect(await sandbox.output(tried)).toBe('end');
      expect(
        await sandbox.output('head -c 1 /proc/kcore /dev/mem /dev/sda /dev/vda 2>/dev/null | wc -c'),
      ).toBe('0');
    });

    it('follows links only inside', async () => {
      await sandbox.run(`ln -s ${folder}/home/key key; ln -s /proc/1/root/etc/passwd passwd; ln -s / all`);
      await expect(sandbox.call('read', '/testbed/key')).rejects.toThrow('no such file');
      expect(await sandbox.call('read', '/testbed/passwd')).toContain('user:x:1000');
      await expect(sandbox.call('read', `/testbed/all${folder}/home/key`)).rejects.toThrow('no such file');
      await sandbox.call('write', `/testbed/all${folder}/escaped`, 'x');
      expect(existsSync(join(folder, 'escaped'))).toBe(false);
      await expect(sandbox.call('write', '/testbed/all/usr/escaped', 'x')).rejects.toThrow('Read-only');
      await sandbox.run(`rm -r ${folder}`);
      await sandbox.run('rm key passwd all');
    });

    it('cannot make a command seem ended, or hide from the next', async () => {
      const forged = 'for n in 1 2 3; do printf "\\036%s 0\\036" 0123456789abcdef; done; sleep 0.2; echo end';
      expect((await sandbox.shell(forged)).output).toContain('end');
      await sandbox.shell(`trap 'builtin printf "%s" "$BASH_COMMAND" >&8 2>/dev/null' DEBUG`);
      await sandbox.shell('echo x');
      await sandbox.shell('trap - DEBUG');
      await sandbox.shell('read -t 0.2 -u 10 line; read -t 0.2 -u 0 line; echo "$line"', 5);
      expect((await sandbox.shell('echo sane', 5)).output).toContain('sane');
    });

    it('survives a fork bomb, also where it comes before the first fresh command and the patch', async () => {
      await sandbox.call('reopen');
      await sandbox.shell('echo changed >> a.py; :(){ :|:& };:', 5);
      await expect
        .poll(() => sandbox.run('ls a.py', 10), { timeout: 60_000 })
        .toMatchObject({ output: expect.stringMatching(/^a\.py/) });
      await sandbox.shell(':(){ :|:& };:', 5);
      expect(await sandbox.call('patch')).toContain('+changed');
    }, 90_000);

    it('survives programs that fill the memory', async () => {
      await sandbox.call('reopen');
      const one = await sandbox.run('head -c 2000000000 /dev/zero | tail | wc -c', 20);
      expect(one.output).toMatch(/memory|Killed|^0/);
      const hog = `x=$(head -c 130000000 /dev/zero | tr "\\0" x); sleep 20`;
      const many = await sandbox.run(`for n in 1 2 3 4 5; do bash -c '${hog}' & done; wait; echo done`, 30);
      expect(many.output).toContain('the rollout used more than 512 MiB of memory');
      expect((await sandbox.run('echo alive')).output).toBe('alive');
    });

    it('cannot fill the disk or the folders in memory', async () => {
      const single = await sandbox.run('head -c 900000000 /dev/zero > big; stat -c %s big; rm big');
      expect(Number(single.output.split('\n').at(-1))).toBeLessThanOrEqual(LIMITS.disk);
      const memory = await sandbox.run(
        'for n in 1 2 3 4 5 6 7 8; do head -c 90000000 /dev/zero > /tmp/$n; done; du -sm /tmp | cut -f1; rm /tmp/*',
      );
      expect(Number(memory.output.split('\n').at(-1))).toBeLessThanOrEqual(256);
      const much = 'for n in 1 2 3; do head -c 40000000 /dev/zero > big$n; done; sleep 30';
      expect((await sandbox.run(much, 40)).output).toContain('the rollout used more than 96 MiB of disk');
      await sandbox.run('rm big*');
    });

    it('runs nothing of the repository’s when the patch is taken', async () => {
      const trap = 'sh -c "touch /tmp/ran; cat"';
      await sandbox.run(`
        for key in core.fsmonitor diff.external diff.x.textconv diff.x.command filter.x.clean filter.x.smudge \\
          filter.x.process core.pager core.editor core.sshCommand credential.helper gpg.program core.hooksPath; do
          git config $key '${trap}'; git config --global $key '${trap}'; done
        git config core.worktree /tmp; git config core.excludesFile /testbed/b.txt
        printf '* filter=x diff=x\\n' > .gitattributes; cp .gitattributes .git/info/attributes
        for hook in pre-commit post-index-change fsmonitor-watchman post-checkout; do
          printf '#!/bin/sh\\ntouch /tmp/ran\\n' > .git/hooks/$hook; chmod +x .git/hooks/$hook; done
        export GIT_EXTERNAL_DIFF=/tmp/x; echo changed >> a.py`);
      const patch = await sandbox.call('patch');
      expect(patch).toContain('+changed');
      expect(patch).toContain('+++ b/.gitattributes');
      expect(await sandbox.output('ls /tmp/ran 2>&1')).toContain('No such file');
      expect(existsSync('/tmp/ran')).toBe(false);
    });

    it('leaves no process and no change behind', async () => {
      await sandbox.run(`
        echo x > a.py; rm -rf .git
        setsid nohup sleep ${MARK} >/dev/null 2>&1 < /dev/null &
        (trap "" TERM HUP INT; sleep ${MARK} & disown) &
        bash -c "(sleep ${MARK} &) &" `);
      await expect.poll(() => running(MARK), { timeout: 10_000 }).toBe(3);
      await sandbox.call('reopen');
      expect(running(MARK)).toBe(0);
      expect(await sandbox.output('cat a.py; git status --short; ls -A /tmp ~')).toBe(
        'one\n/home/user:\n\n/tmp:',
      );
      expect(
        execFileSync('git', ['-c', 'safe.directory=*', '-C', tree, 'status', '--short']).toString(),
      ).toBe('');
    });
  });
}

/** Processes of this machine with a word in their command line. */
function running(word: string): number {
  const listed = execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' }).split('\n');
  return listed.filter((line) => line.startsWith('sleep') && line.includes(word)).length;
}
