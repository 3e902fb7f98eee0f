import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..');
const SOURCES = join(ROOT, 'src');

interface Room {
  readonly floor: number;
  readonly knows: readonly string[] | 'below';
}

/** The floor table of CONTRIBUTING.md: what it says is what the imports are held to. */
function readFloors(): Map<string, Room> {
  const text = readFileSync(join(ROOT, 'CONTRIBUTING.md'), 'utf8');
  const rows = text.matchAll(/^\| (\d) +\| `([\w.-]+)\/?` +\|[^|]*\| ([^|]*?) +\|$/gm);
  return new Map(
    [...rows].map(([, floor, room = '', knows = '']) => [
      room,
      { floor: Number(floor), knows: /^all/.test(knows) ? 'below' : knows === '—' ? [] : knows.split(/, ?/) },
    ]),
  );
}

interface Import {
  readonly file: string;
  readonly from: string;
  readonly to: string;
  /** Path of what is imported, within its room. */
  readonly inside: string;
}

function importsAcrossRooms(): Import[] {
  return readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'))
    .flatMap((path) => {
      const text = readFileSync(join(SOURCES, path), 'utf8');
      const specifiers = [...text.matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)].map(
        (match) => match[1] ?? '',
      );
      return specifiers.map((specifier) => {
        const target = relative(SOURCES, resolve(SOURCES, path, '..', specifier));
        const [to = '', ...inside] = target.split('/');
        return { file: path, from: path.split('/')[0] ?? '', to, inside: inside.join('/') };
      });
    })
    .filter(({ from, to }) => from !== to && to !== '..');
}

describe('the house', () => {
  const floors = readFloors();
  const imports = importsAcrossRooms();
  /** A single file that every room may know. */
  const isGround = (name: string) => floors.get(name)?.floor === 0;

  test('has a row in the floor table for every room, and a README in every room', () => {
    const rooms = readdirSync(SOURCES, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    for (const { name } of rooms) {
      expect(floors.has(name), `${name} stands in the floor table`).toBe(true);
      expect(readFileSync(join(SOURCES, name, 'README.md'), 'utf8')).toMatch(new RegExp(`^# ${name}\n`));
    }
  });

  test('is entered through the rooms’ faces alone', () => {
    const past = imports.filter(({ to, inside }) => !isGround(to) && inside !== 'index.ts');
    expect(past).toEqual([]);
  });

  test('has arrows that run down only, to the rooms that the table names', () => {
    const wrong = imports.filter(({ from, to }) => {
      const [here, there] = [floors.get(from), floors.get(to)];
      if (!here || !there) return true;
      return (
        there.floor >= here.floor || (!isGround(to) && here.knows !== 'below' && !here.knows.includes(to))
      );
    });
    expect(wrong.map(({ file, to }) => `${file} → ${to}`)).toEqual([]);
  });
});
