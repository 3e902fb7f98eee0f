import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { ReasoningMode } from '../reasoning.ts';
import { readHistory } from '../upstream.ts';
import { hermes } from './hermes.ts';
import { xml } from './xml.ts';

interface Recorded {
  readonly kind: string;
  readonly history: unknown;
  readonly expected: Readonly<Record<string, readonly { role: string; content: string; train?: boolean }[]>>;
}

const recorded: readonly Recorded[] = JSON.parse(
  readFileSync(new URL('../../../test/conformance/formats.json', import.meta.url), 'utf8'),
);

const VARIANTS: readonly [string, typeof hermes, ReasoningMode][] = [
  ['hermes', hermes, 'as_is'],
  ['xml', xml, 'as_is'],
  ['hermes_add_think', hermes, 'add_think'],
  ['hermes_keep_only_think', hermes, 'keep_only_think'],
  ['hermes_keep_only_non_think', hermes, 'keep_only_non_think'],
];

describe('the recorded histories come out to the byte', () => {
  test.each(VARIANTS)('as %s', (name, write, reasoning) => {
    expect(recorded).toHaveLength(30);
    for (const { history, expected } of recorded) {
      const messages = write(readHistory(history), { reasoning, system: 'SYSTEM PROMPT' });
      const flagged = expected[name]?.[0]?.train !== undefined;
      const shown = messages?.map(({ role, content, train }) =>
        flagged ? { role, content, train } : { role, content },
      );
      expect(shown).toEqual(expected[name]);
    }
  });
});
