import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { drive, makeRepository, removeRepository, TOOLS } from './harness.ts';
import { offlineTeacher } from './index.ts';

const PYTHON = `import os


class Store:
    def load(self, path, limit):
        result = os.path.join(path, "store")
        if result and limit > 30:
            raise ValueError("too much")
        return result
`;

let root: string;
beforeAll(async () => {
  root = await makeRepository({ 'pkg/store.py': PYTHON });
});
afterAll(() => removeRepository(root));

const instruction =
  'There is an issue of null safety around the function `Store.load` in the file pkg/store.py.';

describe('a rollout of the offline teacher', () => {
  for (const profile of ['swe-agent', 'mini'] as const) {
    test(`${profile}: changes the function that the instruction names, and submits`, async () => {
      const { patch, submitted } = await drive(() => rollout('a key'), root, instruction, profile);
      expect(submitted).toBe(true);
      expect(patch).toContain('diff --git a/pkg/store.py b/pkg/store.py');
    });
  }

  test('the same key and history give the same answer, whoever asked before', async () => {
    const { messages } = await drive(() => rollout('a key'), root, instruction);
    const again = await drive(() => rollout('a key'), root, instruction);
    expect(again.messages).toEqual(messages);
    const conversation = rollout('a key');
    for (const [index, message] of messages.entries()) {
      if (message.role !== 'assistant') continue;
      const { message: answered } = await conversation.ask({
        messages: messages.slice(0, index),
        tools: TOOLS['swe-agent'],
      });
      expect(answered).toEqual(message);
    }
  });

  test('other keys give other rollouts', async () => {
    const patches = new Set<string>();
    for (let key = 0; key < 8; key += 1)
      patches.add((await drive(() => rollout(`key ${key}`), root, instruction)).patch);
    expect(patches.size).toBeGreaterThan(2);
  });

  function rollout(key: string) {
    return offlineTeacher().open({ purpose: 'rollout', key });
  }
});
