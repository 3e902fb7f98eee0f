import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { replaceRoot } from './boundary.ts';
import { quote } from './quote.ts';
import { replaceRootInCommand } from './shell.ts';

const run = promisify(execFile);
const TESTBED = '/testbed';
const toClient = (command: string, root: string) => replaceRootInCommand(command, TESTBED, root);
const toModel = (command: string, root: string) => replaceRootInCommand(command, root, TESTBED);

describe('a command', () => {
  const plain = '/home/user/repo';
  test.each([
    ['(cd /testbed; ls)', '(cd /home/user/repo; ls)'],
    ['a=/testbed/x', 'a=/home/user/repo/x'],
    ['cd /testbed/sub && cat /testbed/y', 'cd /home/user/repo/sub && cat /home/user/repo/y'],
    ['cat "/testbed/a b" \'/testbed/c\'', 'cat "/home/user/repo/a b" \'/home/user/repo/c\''],
    ["cat <<'EOF' > /testbed/x\n/testbed\nEOF", "cat <<'EOF' > /home/user/repo/x\n/home/user/repo\nEOF"],
    ['ls $(dirname /testbed/x) `echo /testbed`', 'ls $(dirname /home/user/repo/x) `echo /home/user/repo`'],
    [
      'PATH=/bin:/testbed/bin tool --dir=/testbed -I/testbed/include',
      'PATH=/bin:/home/user/repo/bin tool --dir=/home/user/repo -I/home/user/repo/include',
    ],
    ["bash -c 'cd /testbed && ls'", "bash -c 'cd /home/user/repo && ls'"],
    [
      'for f in /testbed/*.py; do cat "$f"; done > /testbed/out',
      'for f in /home/user/repo/*.py; do cat "$f"; done > /home/user/repo/out',
    ],
  ])('%s', (model, client) => {
    expect(toClient(model, plain)).toBe(client);
    expect(toModel(client, plain)).toBe(model);
  });

  // biome-ignore-start lint/suspicious/noTemplateCurlyInString: they are the shell's
  test.each([
    'ls /home/testbed',
    'ls /testbedx /testbed-old /testbed.bak /testbed_2',
    'ls ./testbed ../testbed ~/testbed a/testbed',
    'ls "$HOME"/testbed $(pwd)/testbed ${dir}/testbed',
    'curl http://host/testbed',
    'echo x"/testbed"',
    'ls "/testbed"x',
    // biome-ignore-end lint/suspicious/noTemplateCurlyInString: they are the shell's
  ])('with another path stays as it is: %s', (command) => {
    expect(toClient(command, plain)).toBe(command);
  });
});

const WORDS = [
  '/testbed',
  '/testbed/a.py',
  '/testbed/src dir',
  '/home/testbed',
  '/testbedx',
  'a',
  'x=1',
  './testbed',
  'a/testbed',
  '/testbed:/testbed/b',
  '--d=/testbed',
  '$',
  '*?',
];
const literal = fc.constantFrom(...WORDS);
const inDouble = (text: string) => `"${quote(text, 'double')}"`;
const inSingle = (text: string) => `'${quote(text, 'single')}'`;
const quoted = fc.oneof(
  literal.map((text) => quote(text, 'none')),
  literal.map(inDouble),
  literal.map(inSingle),
  literal.map((text) => `$'${quote(text, 'ansi')}'`),
);
const expanded = fc.oneof(
  literal.map((text) => `"\${v}${quote(text, 'double')}"`),
  literal.map((text) => `"\${unset:-${quote(text, 'double')}}"`),
  literal.map((text) => `"$(printf %s ${inSingle(text)})"`),
  literal.map((text) => `"$(printf %s ${inDouble(text)})"`),
);
// Whether two expansions side by side make a path, nobody can know before they are made: a colon stands between.
const word = fc.oneof(
  fc.array(quoted, { minLength: 1, maxLength: 3 }).map((pieces) => pieces.join('')),
  fc.array(fc.oneof(quoted, expanded), { minLength: 1, maxLength: 3 }).map((pieces) => pieces.join(':')),
);
const words = fc.array(word, { minLength: 1, maxLength: 4 }).map((all) => all.join(' '));
const simple = fc.oneof(
  words.map((all) => `printf '%s\\n' ${all}`),
  word.map((one) => `w=${one}; printf '%s\\n' "$w"`),
  fc.array(literal, { maxLength: 3 }).map((lines) => `cat <<'END'\n${lines.join('\n')}\nEND`),
  fc
    .array(literal, { maxLength: 3 })
    .map((lines) => `cat <<END\n${quote(lines.join('\n'), 'document')} $v\nEND`),
  words.map((all) => `for f in ${all}; do printf '<%s>' "$f"; done`),
  word.map((one) => `case ${one} in /testbed|/testbed/*) echo inside;; *) echo outside;; esac`),
  words.map((all) => `bash -c ${inSingle(`printf '%s\\n' ${all}`)}`),
  word.map((one) => `cat <<< ${one}`),
);
const script = fc
  .array(fc.tuple(simple, fc.constantFrom('plain', 'subshell', 'group', 'if', 'function')), {
    minLength: 1,
    maxLength: 3,
  })
  .map((commands) =>
    commands
      .map(([command, form], index) => {
        switch (form) {
          case 'subshell':
            return `( ${command}\n)`;
          case 'group':
            return `{ ${command}\n}`;
          case 'if':
            return `if true; then\n${command}\nfi`;
          case 'function':
            return `f${index}() {\n${command}\n}\nf${index}`;
          default:
            return command;
        }
      })
      .join('\n'),
  );
const root = fc.constantFrom(
  '/home/user/repo',
  '/srv/my repo',
  "/srv/o'brien",
  '/srv/a$b',
  '/srv/"q"',
  '/srv/a\\b',
  '/srv/(x) & y',
);

describe('a random script under a real bash', () => {
  const bash = async (text: string) => {
    const { stdout } = await run('bash', ['-c', `set -f\n${text}`], {
      env: { PATH: process.env.PATH ?? '', v: 'over' },
    });
    return stdout;
  };

  test('does the same in the client’s folder', async () => {
    await fc.assert(
      fc.asyncProperty(script, root, async (text, folder) => {
        const [model, client] = await Promise.all([bash(text), bash(toClient(text, folder))]);
        // What bash printed of the client's folder is what it printed of the model's.
        expect(client.replaceAll(folder, TESTBED)).toBe(model.replaceAll(folder, TESTBED));
        expect(client).toBe(shown(model, folder));
      }),
      { numRuns: 25 },
    );
  }, 60_000);

  test('comes back as it was written', () => {
    fc.assert(
      fc.property(script, root, (text, folder) => {
        // The parser takes an apostrophe in `"${x:-it's}"` for a quote, which bash does not.
        fc.pre(!(folder.includes("'") && text.includes('unset')));
        expect(toModel(toClient(text, folder), folder)).toBe(text);
      }),
      { numRuns: 400 },
    );
  });
});

/** What a script prints in the client's folder, by what it prints in the model's. */
function shown(model: string, folder: string): string {
  return model
    .split('\n')
    .map((line) =>
      line
        .split('<')
        .map((part) => replaceRoot(part, TESTBED, folder))
        .join('<'),
    )
    .join('\n');
}
