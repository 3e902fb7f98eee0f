import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { configSchema, resolveConfig } from './config.ts';
import { readDemonstrations, readPromptFile } from './prompt-file.ts';
import { fill, OUR_PROMPTS } from './prompts.ts';

const folder = mkdtempSync(join(tmpdir(), 'sera-prompts-'));
function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

describe('the built-in prompts', () => {
  test('have 51 different topics, each naming function and file', () => {
    expect(new Set(OUR_PROMPTS.instructions.map((i) => i.topic)).size).toBe(51);
    for (const { topic, template } of OUR_PROMPTS.instructions) {
      const text = fill(template, { start_fn: 'Flask.run', start_fn_file: 'src/flask/app.py' });
      expect(text).toContain(topic);
      expect(text).toContain('`Flask.run`');
      expect(text).toContain('src/flask/app.py');
      expect(text).not.toMatch(/\{\{|TOPIC/);
    }
  });

  test('pass text that looks like a template through untouched', () => {
    const steps = 'jinja {{ user }} {% raw %} <output>';
    expect(fill(OUR_PROMPTS.pullRequest, { agent_steps: steps, demonstration_issue: 'x' })).toContain(steps);
  });

  test('have demonstrations of several lengths and styles', () => {
    const lengths = OUR_PROMPTS.demonstrations.map((text) => text.length);
    expect(lengths.length).toBeGreaterThanOrEqual(8);
    expect(Math.max(...lengths) / Math.min(...lengths)).toBeGreaterThan(5);
  });
});

describe('a prompt file', () => {
  test('replaces what it has and leaves the rest', async () => {
    const path = file(
      'prompts.yaml',
      'rollout_one_prompts: ["Look at {{start_fn}} in {{start_fn_file}}."]\nswebench_prs: {a: one, b: two}\nother: 1\n',
    );
    const prompts = await readPromptFile(path, OUR_PROMPTS);
    expect(prompts.instructions).toEqual([
      { topic: 'prompt 1', template: 'Look at {{start_fn}} in {{start_fn_file}}.' },
    ]);
    expect(prompts.demonstrations).toEqual(['one', 'two']);
    expect(prompts.selfReview).toBe(OUR_PROMPTS.selfReview);
  });

  test.each([
    ['no such file', join(folder, 'missing.yaml'), /cannot read/],
    ['a wrong shape', file('shape.yaml', 'rollout_one_prompts: 3'), /rollout_one_prompts/],
    ['no YAML', file('bad.yaml', 'a: [b'), /bad\.yaml: /],
  ])('that is %s is one clear line', async (_, path, message) => {
    await expect(readPromptFile(path, OUR_PROMPTS)).rejects.toThrow(message);
  });
});

describe('demonstrations of the user', () => {
  test.each([
    ['a JSON list', '["one", "two"]'],
    ['a text a line', '"one"\n"two"\n'],
    ['objects of an issue tracker', '{"text": "one"}\n{"problem_statement": "two"}'],
  ])('may be %s', async (_, content) => {
    expect(await readDemonstrations(file('demonstrations', content))).toEqual(['one', 'two']);
  });

  test.each(['', '[]', '{"a": 1}', 'plain text'])('that read %j are one clear line', async (content) => {
    await expect(readDemonstrations(file('demonstrations', content))).rejects.toThrow(/expected a JSON list/);
  });
});

describe('the configuration', () => {
  test('has a published schema that is up to date', () => {
    const published = readFileSync(new URL('../../schema/sera.config.schema.json', import.meta.url), 'utf8');
    expect(JSON.parse(published)).toEqual(configSchema());
  });

  test('fills in defaults', () => {
    expect(resolveConfig({ seed: 7 }, 'flags')).toMatchObject({
      seed: '7',
      count: 100,
      limits: { steps: 115 },
    });
  });

  test.each([
    [{ count: 0 }, /flags: count/],
    [{ profile: 'other' }, /flags: profile/],
    [{ limits: { stepz: 3 } }, /flags: limits.*stepz/],
    [{ run: 'a/b' }, /flags: run/],
  ])('names what is wrong in %j', (settings, message) => {
    expect(() => resolveConfig(settings, 'flags')).toThrow(message);
  });
});
