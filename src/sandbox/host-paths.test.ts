import { expect, it } from 'vitest';
import { HostPaths } from './host-paths.ts';

const paths = new HostPaths('/tmp/a.b/testbed');

it.each([
  ['cd /testbed', 'cd /tmp/a.b/testbed'],
  [
    '(cd /testbed; ls "/testbed/x" \'/testbed\')',
    '(cd /tmp/a.b/testbed; ls "/tmp/a.b/testbed/x" \'/tmp/a.b/testbed\')',
  ],
  ['A=/testbed:/testbed/src', 'A=/tmp/a.b/testbed:/tmp/a.b/testbed/src'],
  ['ls /testbed.', 'ls /tmp/a.b/testbed.'],
])('%s becomes a command for the host', (command, expected) => {
  expect(paths.toHost(command)).toBe(expected);
  expect(paths.fromHost(expected)).toBe(command);
});

it.each([
  '/home/testbed',
  '/testbedx',
  '/testbed-old',
  '/testbed.old',
  'x/testbed',
  './testbed',
  '~/testbed',
])('%s is another path', (path) => {
  expect(paths.toHost(`ls ${path}`)).toBe(`ls ${path}`);
});

it('other folders of the host are left as they are in output', () => {
  expect(paths.fromHost('/tmp/a.b/testbedx /tmp/axb/testbed')).toBe('/tmp/a.b/testbedx /tmp/axb/testbed');
});
