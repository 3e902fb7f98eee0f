import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import type { ClientTool } from '../conversation.ts';
import { codexKit } from './codex.ts';

const shell = (name: string, command: string, type = 'string'): ClientTool => ({
  name,
  description: '',
  parameters: { type: 'object', properties: { [command]: { type }, yield_time_ms: { type: 'number' } } },
});
const patches: ClientTool = { name: 'apply_patch', description: '', parameters: {}, form: 'text' };
const KITS = [
  ['exec_command', [shell('exec_command', 'cmd')]],
  ['exec_command with patches', [shell('exec_command', 'cmd'), patches]],
  ['shell_command', [shell('shell_command', 'command')]],
  ['shell with an argument vector', [shell('shell', 'command', 'array')]],
] as const;

const path = fc.stringMatching(/^[\w '"$\\é;&-]{1,12}$/).map((name) => `/home/user/${name.trim() || 'a'}`);
const line = fc.oneof(fc.string(), fc.constantFrom('', '*** End Patch', 'SERA_PATCH', '-x', '+x', '@@'));
const lines = fc
  .array(
    line.map((one) => one.replaceAll('\n', ' ')),
    { minLength: 1, maxLength: 6 },
  )
  .map((all) => `${all.join('\n')}\n`);

test.each(KITS)('%s: a call that is disguised is the same call again in the history', (_name, tools) => {
  const kit = codexKit(tools);
  const { disguise } = kit ?? {};
  if (!kit || !disguise) throw new Error('no kit');
  const call = fc.oneof(
    path.map((file) => ({ name: 'read', input: { path: file } })),
    fc
      .tuple(path, fc.integer({ min: 1, max: 99 }), fc.integer({ min: 1, max: 99 }))
      .map(([file, first, count]) => ({
        name: 'read',
        input: { path: file, first, count },
      })),
    fc.tuple(path, lines, lines).map(([file, before, after]) => ({
      name: 'edit',
      input: { path: file, old: before, new: after },
    })),
    fc.tuple(path, lines).map(([file, content]) => ({ name: 'write', input: { path: file, content } })),
    fc.string().map((command) => ({ name: kit.bash.name, input: { [kit.bash.command]: command } })),
  );
  fc.assert(
    fc.property(call, (one) => {
      expect(disguise.toKit(disguise.toClient(one))).toEqual(one);
    }),
  );
});

const folder = mkdtempSync(join(tmpdir(), 'sera-codex-'));
afterAll(() => rmSync(folder, { recursive: true }));

test.each([
  ['it ends in a newline', 'a\nb\nc\n'],
  ['it does not', 'a\nb\nc'],
  ['it is empty', ''],
])('what a real shell prints of a file is read as its lines, where %s', (_name, content) => {
  const kit = codexKit([shell('exec_command', 'cmd')]);
  const file = join(folder, "it's a $file.txt");
  writeFileSync(file, content);
  const all = content.split('\n');
  const read = (first?: number, count?: number) => {
    const input = { path: file, ...(first && { first }), ...(count && { count }) };
    const command = String(kit?.disguise?.toClient({ name: 'read', input }).input.cmd);
    const printed = execFileSync('bash', ['-c', command], { encoding: 'utf8' });
    const report = `Chunk ID: 0a1b2c\nWall time: 0.0100 seconds\nProcess exited with code 0\nOutput:\n${printed}`;
    return kit?.results.read(report, false, { first: first ?? 1, ...(count && { limit: count }) });
  };
  expect(read()).toEqual({ type: 'lines', first: 1, lines: all, end: true });
  for (let first = 1; first <= all.length; first += 1) {
    for (let count = 1; count <= all.length + 1; count += 1) {
      const lines = all.slice(first - 1, first - 1 + count);
      expect(read(first, count)).toEqual({
        type: 'lines',
        first,
        lines,
        end: first - 1 + count >= all.length,
      });
    }
  }
  expect(read(all.length + 1, 5)).toEqual({ type: 'past-end', lines: all.length });
});

test.each([
  ['missing', ['No such file or directory']],
  ['directory', ['Is a directory']],
])('a real shell says of a path that it is %s', (type) => {
  const kit = codexKit([shell('exec_command', 'cmd')]);
  const target = type === 'directory' ? folder : join(folder, 'nothing');
  for (const range of [{}, { first: 1, count: 2 }]) {
    const call = kit?.disguise?.toClient({ name: 'read', input: { path: target, ...range } });
    const script = `${String(call?.input.cmd)}`;
    let printed = '';
    try {
      execFileSync('bash', ['-c', `exec 2>&1; ${script}`], { encoding: 'utf8' });
    } catch (error) {
      printed = String(Object(error).stdout);
    }
    const report = `Wall time: 0.0100 seconds\nProcess exited with code 1\nOutput:\n${printed}`;
    expect(kit?.results.read(report, false, { first: 1 })).toEqual({ type });
  }
});
