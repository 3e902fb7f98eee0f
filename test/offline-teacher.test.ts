import { beforeAll, describe, expect, test } from 'vitest';
import { defaultLimits, openAgent, type ProfileName } from '../src/agent/index.ts';
import { lineRecall } from '../src/patch/index.ts';
import { offlineTeacher } from '../src/teacher/offline/index.ts';
import type { Trajectory } from '../src/trajectory/index.ts';
import { sandboxesFor, sandboxKinds } from './sandboxes.ts';

const reasons = await sandboxKinds();
const kind = reasons.bubblewrap === undefined ? 'bubblewrap' : 'host';

const STORE = `import os


class Store:
    def load(self, path, limit):
        result = os.path.join(path, "store")
        if result and limit > 30:
            raise ValueError("too much for the store")
        return result
`;

const GO = `package pool

func (p *Pool) Take(name string, count int) []int {
	result := make([]int, 0)
	if name != "" && count > 12 {
		return nil
	} else {
		result = append(result, count)
	}
	return result
}
`;

/** A function whose end no view shows. */
const LONG = `def first():
    return 1


def long(data):
${Array.from({ length: 2000 }, (_, index) => `    data.append(${index})`).join('\n')}
    return data
`;

const FILES: Readonly<Record<string, string | Buffer>> = {
  'pkg/store.py': STORE,
  'pkg/windows.py': STORE.replaceAll('\n', '\r\n'),
  'pkg/latin.py': Buffer.from(`# -*- coding: latin-1 -*-\n${STORE.replace('too much', 'zu groß')}`, 'latin1'),
  'pkg/größe.py': STORE.replace('load', 'größe_laden').replace('"store"', '"🗄 store"'),
  'pkg/a file.py': STORE,
  'pkg/long.py': LONG,
  'pool.go': GO,
  'web/short.js': 'const add = (a, b) => a + b;\nmodule.exports = { add };\n',
  'web/empty.js': '// nothing yet\n',
};

const vague = (name: string, file: string) =>
  `There is a problem of clarity around the function \`${name}\` in the file ${file}.\nFind it and mend it.`;

describe(`the offline teacher in a ${kind} sandbox`, () => {
  const sandboxes = sandboxesFor(kind, FILES);

  async function rollout(profile: ProfileName, key: string, instruction: string): Promise<Trajectory> {
    const sandbox = await sandboxes.open();
    try {
      const conversation = offlineTeacher().open({ purpose: 'rollout', key });
      return await openAgent(profile).rollout({
        sandbox,
        conversation,
        instruction,
        limits: defaultLimits(profile),
      });
    } finally {
      await sandbox.close();
    }
  }

  const places: readonly (readonly [name: string, file: string])[] = [
    ['Store.load', 'pkg/store.py'],
    ['Store.load', 'pkg/windows.py'],
    ['Store.load', 'pkg/latin.py'],
    ['Store.größe_laden', 'pkg/größe.py'],
    ['Store.load', 'pkg/a file.py'],
    ['long', 'pkg/long.py'],
    ['(*Pool).Take', 'pool.go'],
    ['add', 'web/short.js'],
    ['missing', 'web/empty.js'],
    ['missing', 'pkg/store.py'],
  ];

  for (const profile of ['swe-agent', 'mini'] as const) {
    test(`${profile}: every kind of file is changed in the place that is named, and handed in`, async () => {
      for (const [name, file] of places) {
        const { exitStatus, patch, steps } = await rollout(profile, `${name} ${file}`, vague(name, file));
        const where = `${name} in ${file}`;
        expect(exitStatus, where).toBe('submitted');
        expect(steps, where).toBeLessThan(25);
        expect(patch, where).toMatch(/^[+-](?![+-]{2})/m);
        expect(changedFiles(patch), where).toBe(1);
        if (/^[\w./ ]+$/.test(file)) expect(patch, where).toContain(file);
      }
    });

    test(`${profile}: line ends and tabs stay as they are`, async () => {
      for (const key of ['a', 'b']) {
        const windows = await rollout(profile, key, vague('Store.load', 'pkg/windows.py'));
        expect(addedLines(windows.patch).length).toBeGreaterThan(0);
        expect(addedLines(windows.patch).filter((line) => !line.endsWith('\r'))).toEqual([]);
        const tabs = await rollout(profile, key, vague('(*Pool).Take', 'pool.go'));
        expect(addedLines(tabs.patch).filter((line) => /^ /.test(line))).toEqual([]);
      }
    });

    test(`${profile}: what no file is named in leads to a change all the same`, async () => {
      const { exitStatus, patch } = await rollout(profile, 'any', 'Make it better!');
      expect(exitStatus).toBe('submitted');
      expect(changedFiles(patch)).toBe(1);
    });
  }

  test('a rollout that is taken up again at any turn goes on as it did', async () => {
    const { messages, tools } = await rollout('swe-agent', 'again', vague('Store.load', 'pkg/store.py'));
    const repeated = await rollout('swe-agent', 'again', vague('Store.load', 'pkg/store.py'));
    expect(repeated.messages).toEqual(messages);
    for (const [index, message] of messages.entries()) {
      if (message.role !== 'assistant') continue;
      const conversation = offlineTeacher().open({ purpose: 'rollout', key: 'again' });
      const answer = await conversation.ask({ messages: messages.slice(0, index), tools });
      expect(answer.message).toEqual(message);
    }
  });

  test('other keys give other changes', async () => {
    const patches = new Set<string>();
    for (let key = 0; key < 6; key += 1) {
      patches.add((await rollout('mini', `key ${key}`, vague('Store.load', 'pkg/store.py'))).patch);
    }
    expect(patches.size).toBeGreaterThan(2);
  });

  describe('a pair', () => {
    let first: Trajectory;
    beforeAll(async () => {
      first = await rollout('swe-agent', 'task/1/first', vague('Store.load', 'pkg/store.py'));
    });

    test('the second rollout finds the change again from the report alone, in whole or in part', async () => {
      const steps = first.messages.map(({ content }) => content).join('\n\n');
      const recalls: number[] = [];
      for (let key = 0; key < 8; key += 1) {
        const conversation = offlineTeacher().open({ purpose: 'pull-request', key: `task/${key}` });
        const { message } = await conversation.ask({
          messages: [{ role: 'user', content: steps }],
          tools: [],
        });
        const report = /<output>\n([\s\S]*)\n<\/output>/.exec(message.content)?.[1] ?? '';
        const second = await rollout('swe-agent', `task/${key}/second`, report);
        recalls.push(lineRecall(first.patch, second.patch).recall ?? 0);
      }
      expect(recalls.filter((recall) => recall > 0).length).toBeGreaterThanOrEqual(4);
      expect(new Set(recalls).size).toBeGreaterThan(1);
    });
  });
});

function changedFiles(patch: string): number {
  return patch.match(/^diff --git /gm)?.length ?? 0;
}

function addedLines(patch: string): string[] {
  const added = patch.split('\n').filter((line) => /^\+(?!\+\+)/.test(line));
  return added.map((line) => line.slice(1));
}
