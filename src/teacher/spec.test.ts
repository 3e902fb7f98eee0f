import { describe, expect, it } from 'vitest';
import { openTeacher, TeacherSpecError } from './index.ts';
import { formatEndpoints, parseSpec } from './spec.ts';

const endpoint = (text: string) => {
  const spec = parseSpec(text);
  return spec.kind === 'endpoints' ? spec.endpoints : [];
};

describe('a teacher specification', () => {
  it.each([
    ['openai:GLM-4.6@https://api.z.ai/api/paas/v4', 'GLM-4.6', 'https://api.z.ai/api/paas/v4'],
    ['openai:GLM-4.6@https://api.z.ai/api/paas/v4/', 'GLM-4.6', 'https://api.z.ai/api/paas/v4'],
    [
      'openai:GLM-4.6@https://api.z.ai/api/paas/v4/chat/completions',
      'GLM-4.6',
      'https://api.z.ai/api/paas/v4',
    ],
    ['openai:qwen3:32b@http://localhost:11434', 'qwen3:32b', 'http://localhost:11434/v1'],
    [
      'openai:z-ai/glm-4.6:free@https://openrouter.ai/api/v1',
      'z-ai/glm-4.6:free',
      'https://openrouter.ai/api/v1',
    ],
    ['openai:m@2025@http://[::1]:8000/v1', 'm@2025', 'http://[::1]:8000/v1'],
    ['anthropic:claude-3-7-sonnet-20250219', 'claude-3-7-sonnet-20250219', 'https://api.anthropic.com/v1'],
    [
      'anthropic:GLM-4.6@https://api.z.ai/api/anthropic/v1/messages',
      'GLM-4.6',
      'https://api.z.ai/api/anthropic/v1',
    ],
    ['anthropic:GLM-4.6@https://api.z.ai/api/anthropic', 'GLM-4.6', 'https://api.z.ai/api/anthropic/v1'],
    ['anthropic:m@http://localhost:8080', 'm', 'http://localhost:8080/v1'],
  ])('%s names a model and an address', (text, model, url) => {
    expect(endpoint(text)).toMatchObject([{ model, url }]);
  });

  it('may name several endpoints', () => {
    const text = 'openai:a@http://one/v1, openai:a@http://two/v1 ,anthropic:claude-3-7-sonnet';
    expect(endpoint(text).map(({ url }) => url)).toEqual([
      'http://one/v1',
      'http://two/v1',
      'https://api.anthropic.com/v1',
    ]);
  });

  it('is printed in a form that reads the same', () => {
    const text =
      'openai:a@http://one/v1,anthropic:c,anthropic:c@http://two/v1,openai:c@https://api.anthropic.com/v1';
    expect(formatEndpoints(endpoint(text))).toBe(text);
  });

  it('may name a recording with any name', () => {
    expect(parseSpec('replay:/a/b,c.jsonl')).toEqual({ kind: 'replay', file: '/a/b,c.jsonl' });
  });

  it.each([
    ['', '"" is no teacher: write one of offline, openai:MODEL@URL, anthropic:MODEL, replay:FILE.'],
    ['gpt-5', '"gpt-5" is no teacher: write one of'],
    ['openai', 'names no model: write openai:MODEL@URL.'],
    ['openai:', 'names no model: write openai:MODEL@URL.'],
    ['openai:@http://h', 'names no model: write openai:MODEL@URL.'],
    ['anthropic:', 'names no model: write anthropic:MODEL.'],
    ['openai:gpt-5', 'has no address: write openai:gpt-5@URL'],
    ['openai:gpt-5@localhost:8000', 'has no address: write openai:gpt-5@http://localhost:8000'],
    ['openai:m@ftp://h', 'needs an address with http:// or https://.'],
    ['openai:m@http://', 'has an address that cannot be read.'],
    ['openai:a b@http://h', 'has a space in its model name.'],
    ['openai:m@http://h?key=sk-secret', 'may hold no password or parameters'],
    ['openai:m@http://u:sk-secret@h', 'may hold no password or parameters'],
    ['replay:', 'names no file: write replay:FILE.'],
    ['offline,openai:m@http://h', '"offline" in "offline,openai:m@http://h" stands alone or not at all.'],
    ['openai:m@http://h,replay:x', '"replay:x" in "openai:m@http://h,replay:x" stands alone or not at all.'],
    ['openai:m@http://h,', '"" in "openai:m@http://h," is no teacher'],
  ])('%j is refused in one line', (text, expected) => {
    const open = () => openTeacher(text, { environment: {} });
    expect(open).toThrow(TeacherSpecError);
    expect(open).toThrow(expected);
    expect(open).not.toThrow(/sk-secret|\n/);
  });
});
