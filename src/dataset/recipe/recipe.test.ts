import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Message } from '../../trajectory/index.ts';
import { type Candidate, type Metadata, NO_METADATA } from '../candidate.ts';
import { Benchmarks } from './contamination.ts';
import { Duplicates, fingerprintOf } from './duplicates.ts';
import { compileFilters } from './filters.ts';
import { groupOf } from './group.ts';
import { factsOf } from './measure.ts';
import { SimilarIndex, signature, similarity } from './minhash.ts';
import { type Entry, mix, toSplit } from './mix.ts';
import { checkRecipe, readRecipe } from './recipe.ts';
import { findSecrets, redact } from './secrets.ts';
import { select } from './select.ts';
import { parseMix, parseVariants } from './variants.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sera-recipe-'));
});
afterAll(() => rm(folder, { recursive: true }));

const recipe = (fields: object = {}) => checkRecipe(fields);

function candidate(metadata: Partial<Metadata> = {}, ...said: string[]): Candidate {
  const messages: Message[] = [{ role: 'user', content: 'Fix it.' }];
  for (const content of said)
    messages.push({ role: 'assistant', content }, { role: 'user', content: 'And?' });
  return { id: 'o__r-1-t1', messages, tools: [], metadata: { ...NO_METADATA, ...metadata } };
}

function calling(text: string): Message {
  return { role: 'assistant', content: '', toolCalls: [{ id: 'c', name: 'bash', arguments: text }] };
}

const patch = (...lines: string[]) =>
  `diff --git a/a.py b/a.py\n--- a/a.py\n+++ b/a.py\n@@ -1 +1,${lines.length} @@\n-old\n${lines.map((line) => `+${line}\n`).join('')}`;
const words = (count: number, name = 'word') =>
  Array.from({ length: count }, (_, i) => `${name}${i}`).join(' ');

describe('select', () => {
  test.each([
    [{ min_recall: 0.5 }, { recall: 0.4 }, 'low recall'],
    [{ min_recall: 0.5 }, {}, 'no recall'],
    [{ rollout: '2' }, { rollout: 1 }, 'the other rollout'],
    [{ language: ['go', 'rust'] }, { language: 'python' }, 'another language'],
    [{ path: ['src/**'] }, { file: 'test/a.py' }, 'another path'],
    [{}, { exit_status: 'submitted (exit_cost)' }, 'not submitted'],
  ])('%j of %j: %s', (fields, metadata, reason) => {
    expect(select(candidate(metadata), recipe(fields))).toEqual({ reason });
  });

  test('gives each candidate to the first part that takes it', () => {
    const parts = recipe({
      parts: [
        { name: 'a', rollout: '2', min_recall: 0.5 },
        { name: 'b', rollout: '1' },
      ],
    });
    expect(select(candidate({ rollout: 1 }), parts)).toMatchObject({ part: { name: 'b' } });
    expect(select(candidate({ rollout: 2, recall: 1 }), parts)).toMatchObject({ part: { name: 'a' } });
    expect(select(candidate({ rollout: 2, recall: 0 }), parts)).toEqual({ reason: 'belongs to no part' });
  });

  test('takes what tells neither recall nor exit status where neither is asked for', () => {
    expect(select(candidate(), recipe())).toHaveProperty('part');
  });
});

describe('duplicates', () => {
  const long = (name: string) =>
    patch(...Array.from({ length: 40 }, (_, i) => `${name}_${i} = call(${i}, '${name}')`));

  /** Checks one candidate after the other. */
  function checker(fields: object = {}): (candidate: Candidate) => string | undefined {
    const rule = recipe(fields);
    const seen = new Duplicates(rule);
    return (candidate) => {
      const fingerprint = fingerprintOf(candidate, rule);
      return fingerprint && seen.check(fingerprint);
    };
  }

  test('the same patch is one, whatever stands around it; the other rollout is another lesson', () => {
    const check = checker();
    expect(check(candidate({ rollout: 1, patch: long('a') }))).toBeUndefined();
    expect(check(candidate({ rollout: 1, patch: `diff --git a/b b/b\n${long('a')}` }))).toBe(
      'the same patch',
    );
    expect(check(candidate({ rollout: 2, patch: long('a') }))).toBeUndefined();
    expect(check(candidate({ rollout: 1, patch: long('b') }))).toBeUndefined();
  });

  test('a patch with one line changed is nearly the same, unless only equal ones count', () => {
    const near = long('a').replace('a_7 = call(7', 'a_7 = call(8');
    for (const [duplicates, verdict] of [
      ['near', 'nearly the same'],
      ['equal', undefined],
    ] as const) {
      const check = checker({ duplicates, near_threshold: 0.8 });
      check(candidate({ patch: long('a') }));
      expect(check(candidate({ patch: near }))).toBe(verdict);
    }
  });

  test('without a patch the conversation counts', () => {
    const check = checker();
    expect(check(candidate({}, words(50)))).toBeUndefined();
    expect(check(candidate({}, words(50)))).toBe('the same conversation');
    expect(check(candidate({}, words(50, 'other')))).toBeUndefined();
  });

  test('a signature tells the similarity of two texts', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 400 }), (changed) => {
        const a = words(400);
        const b = `${words(400).split(' ').slice(changed).join(' ')} ${words(changed, 'new')}`;
        const union = 396 + changed;
        const exact = Math.max(0, 396 - changed) / union;
        expect(Math.abs(similarity(signature(a), signature(b)) - exact)).toBeLessThan(0.25);
      }),
    );
  });

  test('similar texts meet in the index', () => {
    for (const threshold of [0.5, 0.7, 0.9, 1]) {
      const index = new SimilarIndex(threshold);
      expect(index.meets(signature(words(300)))).toBe(false);
      expect(index.meets(signature(words(300)))).toBe(true);
    }
  });
});

describe('secrets', () => {
  const token = `ghp_${'a1B2c3D4e5F6g7H8i9J0'.repeat(2).slice(0, 36)}`;
  const pem = `-----BEGIN RSA PRIVATE KEY-----\n${'MIIEpAIBAAKCAQEA0Z3VS5JJcds3xfn/ygWyF8PbnGy0AHB7'.repeat(8)}\n-----END RSA PRIVATE KEY-----`;

  test.each([
    ['a token in a message', candidate({}, `export T=${token}`)],
    ['a token in the patch', candidate({ patch: patch(`T = "${token}"`) })],
    ['a token in the pull request', candidate({ pull_request: token })],
    ['a private key', candidate({}, pem)],
    ['a password in a URL', candidate({}, 'git clone https://me:s3cretpassw0rd@git.acme.dev/x.git')],
    ['a token that a comment would hide', candidate({}, `// secretlint-disable\n${token}`)],
  ])('%s is found and redacted', async (_, planted) => {
    const none = await findSecrets(candidate({}, 'nothing here'));
    const found = await findSecrets(planted);
    expect(none).toEqual([]);
    expect(found).not.toEqual([]);
    const left = await findSecrets(redact(planted, found));
    expect(left).toEqual([]);
  });

  const lines = pem.replace(/(.{48})(?=MIIE)/g, '$1\n');
  test.each([
    ['in a patch', candidate({ patch: patch(...lines.split('\n')) })],
    [
      'in a numbered view',
      candidate(
        {},
        lines
          .split('\n')
          .map((line, i) => `     ${i}\t${line}`)
          .join('\n'),
      ),
    ],
    ['without its end', candidate({}, `$ head -4 id_rsa\n${lines.split('\n').slice(0, 4).join('\n')}`)],
    [
      'in an argument',
      { ...candidate(), messages: [calling(JSON.stringify({ command: `echo '${lines}'` }))] },
    ],
    [
      'of another make',
      candidate({}, lines.replaceAll('RSA', 'ENCRYPTED').replace('-\n', '-\nDEK-Info: AES\n\n')),
    ],
  ])('a private key is found and redacted %s, and every line stays', async (_, planted) => {
    const found = await findSecrets(planted);
    const left = redact(planted, found);
    expect(JSON.stringify(left)).not.toContain('ygWyF8PbnGy0AHB7');
    expect(left.metadata.patch?.split('\n').length).toBe(planted.metadata.patch?.split('\n').length);
  });

  test('a key that is only named is none', async () => {
    const said = 'It begins with -----BEGIN PRIVATE KEY----- and then\nthe text of the key follows.\n...\n';
    expect(await findSecrets(candidate({}, said))).toEqual([]);
  });

  test('a redacted argument is still JSON', async () => {
    const toolCalls = [{ id: 'c', name: 'bash', arguments: JSON.stringify({ command: `echo ${token}` }) }];
    const planted = { ...candidate(), messages: [{ role: 'assistant' as const, content: '', toolCalls }] };
    const found = await findSecrets(planted);
    const [message] = redact(planted, found).messages;
    const text = message?.role === 'assistant' ? message.toolCalls?.[0]?.arguments : undefined;
    expect(JSON.parse(text ?? '').command).toMatch(/^echo \[REDACTED:/);
  });
});

describe('contamination', () => {
  const base = 'c0ffee'.repeat(6);
  const gold = `if (value is None or other is None) and flag and not disabled and ready and ${words(5)}:`;
  const instance = {
    instance_id: 'b-1',
    repo: 'o/bench',
    base_commit: base,
    problem_statement: `The parser fails on an empty line when ${words(30, 'cause')}.`,
    patch: patch(gold),
  };
  let benchmarks: Benchmarks;
  beforeAll(async () => {
    const path = join(folder, 'bench.jsonl');
    await writeFile(path, `${JSON.stringify(instance)}\n`);
    benchmarks = await Benchmarks.read([path], 0.5);
  });

  test.each([
    ['repository and commit', candidate({ repository: 'o/bench', commit: base })],
    ['repository and commit', candidate({ repository: 'O/Bench', commit: base.slice(0, 8) })],
    ['gold patch', candidate({ patch: patch('first', gold, 'last') })],
    [
      'gold patch',
      {
        ...candidate(),
        messages: [calling(JSON.stringify({ command: `x\n${gold.replaceAll(' and ', '\nand ')}` }))],
      },
    ],
    ['gold patch', candidate({}, `def f():\n    ${gold}\n        pass`)],
    ['problem statement', candidate({ pull_request: `Hello. ${instance.problem_statement}` })],
  ])('the %s is caught', (what, planted) => {
    expect(benchmarks.check(planted)).toMatch(what);
  });

  test('another commit, other words and the lines that the patch takes away are let pass', () => {
    const other = { repository: 'o/bench', commit: 'beef', patch: patch(words(60, 'new')) };
    expect(benchmarks.check(candidate(other, 'The parser fails on an empty line.'))).toBeUndefined();
  });

  test('a file that is no benchmark is one clear line', async () => {
    await writeFile(join(folder, 'no.jsonl'), '{"a": 1}\n');
    await expect(Benchmarks.read([join(folder, 'no.jsonl')], 0.5)).rejects.toThrow(/columns of SWE-bench/);
    await expect(Benchmarks.read([join(folder, 'none.jsonl')], 0.5)).rejects.toThrow(
      /cannot read the benchmark/,
    );
  });
});

describe('filters', () => {
  const facts = factsOf(candidate({ patch: patch('a', 'b'), steps: 30, topic: 'naming' }), 'run', {
    tokens: 1000,
    toolTokens: 200,
  });

  test.each([
    [{ max_patch_lines: 3 }, undefined],
    [{ max_patch_lines: 2 }, 'long patch'],
    [{ max_tool_tokens: 199 }, 'long tool output'],
    [{ max_files: 0 }, 'many files'],
    [{ min_steps: 31 }, 'few steps'],
    [{ max_steps: 29 }, 'many steps'],
    [{ min_tokens: 1001 }, 'few tokens'],
    [{ max_tokens: 999 }, 'many tokens'],
    [{ where: ['steps < 60 && topic == "naming"'] }, undefined],
    [{ where: ['topic.startsWith("x")'] }, 'not: topic.startsWith("x")'],
    [{ where: ['recall > 0.5'] }, 'no answer: recall > 0.5'],
  ])('%j: %s', (fields, reason) => {
    expect(compileFilters(fields)(facts)).toBe(reason);
  });

  test('an expression that does not say whether to keep a sample is refused', () => {
    expect(() => compileFilters({ where: ['steps + 1.0'] })(facts)).toThrow(/says 31, and not whether/);
  });

  test.each(['steps <', 'nonsense == 1'])(
    'the expression %s is refused with the fields that there are',
    (text) => {
      expect(() => compileFilters({ where: [text] })).toThrow(/cannot be read .*patch_lines/);
    },
  );
});

describe('mix', () => {
  const entries = (part: string, count: number, ratio = 1): Entry[] =>
    Array.from({ length: count }, (_, i) => ({ id: `${part}${ratio}-${i}`, group: `g${i}`, part, ratio }));
  const counts = (fields: object, all: Entry[]) => mix(all, recipe(fields)).parts.map((part) => part.chosen);
  const half = {
    parts: [
      { name: 'a', share: 0.75 },
      { name: 'b', share: 0.25 },
    ],
  };
  const both = [...entries('a', 300), ...entries('b', 300)];

  test('shares without a size give the largest set that has them', () => {
    expect(counts(half, both)).toEqual([300, 100]);
  });

  test('shares of a size add up to it, and what is missing is not padded', () => {
    expect(counts({ ...half, size: 101 }, both)).toEqual([76, 25]);
    const { parts } = mix([...entries('a', 10), ...entries('b', 300)], recipe({ ...half, size: 100 }));
    expect(parts).toEqual([
      { part: 'a', available: 10, chosen: 10, wanted: 75 },
      { part: 'b', available: 300, chosen: 25, wanted: 25 },
    ]);
  });

  test('sizes of the parts stand within the size of the whole', () => {
    const parts = [{ name: 'a', size: 200 }, { name: 'b' }];
    expect(counts({ parts }, both)).toEqual([200, 300]);
    expect(counts({ parts, size: 250 }, both)).toEqual([200, 50]);
  });

  test('whole samples come first, then those of which most is left', () => {
    const all = [...entries('all', 5, 0.9), ...entries('all', 5, 0.95), ...entries('all', 5)];
    const { chosen } = mix(all, recipe({ size: 8 }));
    expect(chosen.map((entry) => entry.ratio).sort()).toEqual([0.95, 0.95, 0.95, 1, 1, 1, 1, 1]);
  });

  test('the seed draws, the order of the sources does not', () => {
    const drawn = (seed: number, all: readonly Entry[]) =>
      mix(all, recipe({ seed, size: 20 })).chosen.map((e) => e.id);
    const all = entries('all', 100);
    expect(drawn(1, all)).toEqual(drawn(1, all.toReversed()));
    expect(drawn(1, all)).not.toEqual(drawn(2, all));
  });
});

describe('split', () => {
  test('all of one function goes to one side, in the shares that were asked for', () => {
    const sides = recipe({ validation: 0.1, held_out: 0.2 });
    const counts = { train: 0, validation: 0, held_out: 0 };
    for (let i = 0; i < 5000; i += 1) counts[toSplit(`o/r\0f${i}`, sides)] += 1;
    expect(counts.validation / 5000).toBeCloseTo(0.1, 1);
    expect(counts.held_out / 5000).toBeCloseTo(0.2, 1);
  });

  test('a function is the same in every rollout, replica and commit', () => {
    const told = (id: string, metadata: Partial<Metadata>) => groupOf({ ...candidate(metadata), id });
    const f = { repository: 'o/r', function: 'a.py::f' };
    expect(told('x-t1', { ...f, commit: 'a' })).toBe(told('y-t2', { ...f, commit: 'b' }));
    expect(told('x-t1', {})).toBe(told('x-t2', {}));
    expect(told('x-t1', {})).not.toBe(told('y-t1', {}));
  });
});

describe('a recipe', () => {
  test.each([
    [{ sizes: 1 }, /there is no field sizes$/],
    [{ parts: [{ name: 'a', rolout: '1' }] }, /there is no field rolout in parts.0/],
    [{ min_recall: 2 }, /min_recall/],
    [{ parts: [{ name: 'a', share: 0.5 }] }, /add up to 0.5/],
    [{ parts: [{ name: 'a', share: 1 }, { name: 'b' }] }, /every part a share/],
    [{ validation: 0.5, held_out: 0.5 }, /nothing to train on/],
  ])('%j is refused', (fields, message) => {
    expect(() => recipe(fields)).toThrow(message);
  });

  test('takes one value for a list, and a rollout as YAML reads it', () => {
    const { repository, rollout, where, sources } = recipe({
      repository: 'o/r',
      rollout: 2,
      where: 'steps < 9',
      sources: 'run',
    });
    expect({ repository, rollout, where, sources }).toEqual({
      repository: ['o/r'],
      rollout: '2',
      where: ['steps < 9'],
      sources: ['run'],
    });
  });

  test('is read from YAML, and what is no recipe is one clear line', async () => {
    await writeFile(join(folder, 'r.yaml'), 'size: 5\nparts:\n  - name: a\n');
    expect(await readRecipe(join(folder, 'r.yaml'))).toEqual({ size: 5, parts: [{ name: 'a' }] });
    await writeFile(join(folder, 'bad.yaml'), '- a\n');
    await expect(readRecipe(join(folder, 'bad.yaml'))).rejects.toThrow(/is not a recipe/);
    await expect(readRecipe(join(folder, 'none'))).rejects.toThrow(/cannot read/);
  });

  test('a mixture names targets, the rest, or repositories', () => {
    expect(parseMix('general=0.25,target=0.75', ['o/r'])).toEqual([
      { name: 'target', share: 0.75, repository: ['o/r'] },
      { name: 'general', share: 0.25 },
    ]);
    expect(parseMix('a/b=0.5,c/d=0.5', [])).toMatchObject([{ repository: ['a/b'] }, { repository: ['c/d'] }]);
    expect(() => parseMix('target=1', [])).toThrow(/--target/);
    expect(() => parseMix('half', [])).toThrow(/name=0.75/);
  });

  test('variants differ in the filters, or in the recall with the smallest first', () => {
    const names = (text: string) => parseVariants(text, recipe()).map(({ name }) => name);
    expect(names('filters')).toEqual(['filters-none', 'filters-patch', 'filters-both']);
    expect(names('recall=0,0.5,1')).toEqual(['recall-1', 'recall-0.5', 'recall-0']);
    expect(() => names('recall=2')).toThrow(/it is filters/);
  });
});
