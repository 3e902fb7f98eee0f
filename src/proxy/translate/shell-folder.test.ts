import { expect, test } from 'vitest';
import { ShellFolder } from './shell-folder.ts';

test.each([
  [['cd /testbed/src'], '/testbed/src'],
  [['cd src && ls', 'cd sub; pwd'], '/testbed/src/sub'],
  [['cd src', 'cd /testbed && ls'], undefined],
  [['(cd src; ls)', 'cd src | cat'], undefined],
  [['ls || cd src', 'cd "$X"', 'cd -'], undefined],
  [['cd "a b" && { cd c; }'], '/testbed/a b/c'],
])('after %j the shell stands in %s', (commands, folder) => {
  const shell = new ShellFolder();
  for (const command of commands) shell.ran(command, '');
  expect(shell.moved).toBe(folder);
});

test('a folder that is not there is not gone to', () => {
  const shell = new ShellFolder();
  shell.ran('cd nowhere', 'bash: line 1: cd: nowhere: No such file or directory');
  expect(shell.moved).toBeUndefined();
});
