import { mkdir, mkdtemp, open, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { parquetMetadata } from 'hyparquet';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Candidate, NO_METADATA } from '../candidate.ts';
import { AsciiWriter } from '../python/ascii-writer.ts';
import { FORMATS, type Format, type Sample, sampleLine, toSample } from '../sample.ts';
import { parquetRows } from '../sources/parquet-rows.ts';
import { writeSamples } from './files.ts';
import { Packer, toRow, unpack, writeLine } from './packed.ts';
import { SpoolReader, SpoolWriter, spoolsIn } from './spool.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sera-output-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Texts that are hard to write: long and short ones, of every width in UTF-8, with what JSON escapes. */
const HARD = [
  '',
  'short',
  'a "quoted" \\ line\n\tand\r\b\f \u0001\u001f\u007f'.repeat(30),
  'é€😀漢'.repeat(3_000),
  '\0',
  `${'x'.repeat(200)}"\0`,
  '"\\u0000"',
  'half a pair: \ud800'.repeat(20),
  'q'.repeat(200_000),
];

function candidate(number: number): Candidate {
  const text = (shift: number) => HARD[(number + shift) % HARD.length] ?? '';
  return {
    id: `o__r-${number}-t1`,
    tools: [{ name: 'bash', description: text(1).slice(0, 300), parameters: { type: 'object' } }],
    metadata: {
      ...NO_METADATA,
      patch: number % 3 === 0 ? null : text(2).slice(0, 3000),
      rollout: number % 2 === 0 ? 1 : null,
      steps: number,
      recall: number % 4 === 0 ? 1 : 0.5,
    },
    messages: [
      { role: 'system', content: text(3).slice(0, 2000) },
      { role: 'user', content: text(4) },
      ...[5, 6].flatMap((shift) => [
        {
          role: 'assistant' as const,
          content: text(shift),
          ...(number % 2 === 0 ? { reasoning: text(shift + 1).slice(0, 500) } : {}),
          toolCalls: [{ id: `c${shift}`, name: 'bash', arguments: JSON.stringify({ command: text(shift) }) }],
        },
        { role: 'tool' as const, toolCallId: `c${shift}`, content: text(shift + 2) },
      ]),
      { role: 'assistant', content: 'Done.' },
    ],
  };
}

const candidates = Array.from({ length: 45 }, (_, number) => candidate(number));

function samplesIn(format: Format): Sample[] {
  return candidates.flatMap((each) => toSample(each, format, 'as_is') ?? []);
}

/** A folder in which a set can be made. */
async function folderWithSpools(name: string): Promise<string> {
  const home = await mkdtemp(join(folder, name));
  await mkdir(spoolsIn(home));
  return home;
}

describe.each(FORMATS)('samples in %s', (format) => {
  test('are the same lines and the same rows, whatever stands in them', async () => {
    const home = await folderWithSpools('set-');
    const samples = samplesIn(format);
    const spool = new SpoolWriter(home, 0);
    const places = samples.map((sample, index) => spool.add(sample, `train-${index % 3}`));
    spool.close();
    const [lines, rows] = [join(home, 'a.jsonl'), join(home, 'a.parquet')];
    const spools = new SpoolReader(home);
    const half = places.length >> 1;
    const end = writeSamples({ kind: 'jsonl', places: places.slice(0, half), path: lines }, 0, spools);
    const whole = writeSamples({ kind: 'jsonl', places: places.slice(half), path: lines }, end, spools);
    expect(whole).toBe((await stat(lines)).size);
    expect(writeSamples({ kind: 'parquet', places, path: rows, format }, 0, spools)).toBe(
      (await stat(rows)).size,
    );
    spools.close();

    const written = (await readFile(lines, 'utf8')).split('\n');
    expect(written).toEqual([...samples.map(sampleLine), '']);
    let number = 0;
    for await (const row of parquetRows(rows)) {
      if ('error' in row) throw new Error(row.error);
      expect(withoutNulls(row.value)).toEqual(withoutNulls(JSON.parse(written[number] ?? '')));
      number += 1;
    }
    expect(number).toBe(samples.length);
    const { row_groups: groups } = parquetMetadata((await readFile(rows)).buffer as ArrayBuffer);
    expect(groups.length).toBeGreaterThan(1);
    const encodings = groups.flatMap(({ columns }) => columns).map((each) => each.meta_data?.encodings);
    expect(encodings.some((each) => each?.includes('RLE_DICTIONARY'))).toBe(true);
  });
});

/** What a row does not have is null in Parquet and not there in JSON. */
function withoutNulls(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_, inner) => (typeof inner === 'bigint' ? Number(inner) : (inner ?? undefined))),
  );
}

test('a packed sample is the line and the row that it was', () => {
  const packer = new Packer();
  const writer = new AsciiWriter();
  const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 300 }), fc.constantFrom(...HARD.slice(0, -1)));
  const sample = fc.record({
    instance_id: text,
    metadata: fc.record({ patch: fc.option(text), recall: fc.constant(1), cost_usd: fc.constant(null) }),
    messages: fc.array(fc.record({ role: text, content: text, train: fc.boolean() })),
  });
  fc.assert(
    fc.property(sample, (fields) => {
      const sample = fields as unknown as Sample;
      const packed = unpack(Buffer.from(packer.pack(sample)));
      writer.clear();
      writeLine(writer, packed);
      const line = `${sampleLine(sample)}\n`;
      expect(writer.bytes.toString()).toBe(line);
      expect(JSON.stringify(withStrings(toRow(packed)))).toBe(JSON.stringify(JSON.parse(line)));
    }),
  );
});

test('a text that a rollout read again takes its room once', async () => {
  const home = await folderWithSpools('again-');
  const [text, other] = ['a'.repeat(100_000), 'b'.repeat(100_000)];
  const messages = [text, other, text, text].map((content) => ({
    role: 'user' as const,
    content,
    train: false,
  }));
  const spool = new SpoolWriter(home, 0);
  const place = spool.add({ instance_id: 'a', metadata: NO_METADATA, messages }, 'train-a');
  spool.close();
  expect(place.length).toBeLessThan(202_000);
  const path = join(home, 'a.parquet');
  const spools = new SpoolReader(home);
  writeSamples({ kind: 'parquet', places: [place], path, format: 'hermes' }, 0, spools);
  spools.close();
  const [group] = parquetMetadata((await readFile(path)).buffer as ArrayBuffer).row_groups;
  expect(group?.total_byte_size).toBeLessThan(202_000n);
  for await (const row of parquetRows(path)) {
    if ('error' in row) throw new Error(row.error);
    expect(row.value).toMatchObject({ messages });
  }
});

function withStrings(value: unknown): unknown {
  if (value instanceof Buffer) return value.toString();
  if (Array.isArray(value)) return value.map(withStrings);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withStrings(inner)]));
}

test('a spool that is cut is not taken for a whole one', async () => {
  const home = await folderWithSpools('cut-');
  const [sample] = samplesIn('hermes');
  if (!sample) throw new Error('no sample');
  const spool = new SpoolWriter(home, 0);
  const places = [spool.add(sample, 'train-a')];
  spool.close();
  const file = await open(join(spoolsIn(home), 'train-a-0'), 'r+');
  await file.truncate(10);
  await file.close();
  const spools = new SpoolReader(home);
  expect(() => writeSamples({ kind: 'jsonl', places, path: join(home, 'a.jsonl') }, 0, spools)).toThrow(
    /spool train-a-0 of .* is cut/,
  );
});
