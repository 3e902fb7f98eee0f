import { describe, expect, test } from 'vitest';
import { EDIT_KINDS } from './editing/edits/index.ts';
import { report } from './pull-request.ts';
import { seededRandom } from './random.ts';
import { say } from './speech/phrases.ts';
import { heardSymptoms, VOCABULARY } from './speech/vocabulary/index.ts';

const steps = (remark: string) => `<steps>
[step 3]
${remark}
Call: str_replace_editor {"command":"str_replace","path":"/testbed/src/pool.py","old_str":"a","new_str":"b"}
Result: OBSERVATION:
diff --git a/src/pool.py b/src/pool.py
</steps>
<example>
${'An example. '.repeat(100)}
</example>`;

const places = { function: 'Pool.take', detail: 'limit' };

describe('a report', () => {
  test.each([...EDIT_KINDS])(
    'on %s says what is wrong, so that the kind is heard again, but not what was done',
    (kind) => {
      for (const intent of VOCABULARY[kind].intents) {
        const remark = say(intent, places);
        const text = report(steps(remark), seededRandom(intent));
        expect(heardSymptoms(text).map((mention) => mention.kind)).toEqual([kind]);
        expect(text).toContain('`Pool.take`');
        expect(text).not.toContain(remark);
      }
    },
  );

  test('names the file and the detail in most cases, not in all', () => {
    const remark = say(VOCABULARY.guard.intents[0], places);
    const texts = Array.from({ length: 200 }, (_, seed) => report(steps(remark), seededRandom(`${seed}`)));
    const share = (part: string) => texts.filter((text) => text.includes(part)).length / texts.length;
    expect(share('src/pool.py')).toBeGreaterThan(0.7);
    expect(share('src/pool.py')).toBeLessThan(1);
    expect(share('`limit`')).toBeGreaterThan(0.7);
    expect(share('`limit`')).toBeLessThan(1);
  });

  test('grows with the example that it is to follow', () => {
    const remark = say(VOCABULARY.guard.intents[0], places);
    const long = report(steps(remark), seededRandom('same'));
    const short = report(steps(remark).replace(/(An example\. )+/, 'Short.'), seededRandom('same'));
    expect(long.length).toBeGreaterThan(short.length * 1.5);
  });

  test('is written between tags even where nothing is understood', () => {
    for (const question of ['', 'nothing here', '<steps></steps>']) {
      expect(report(question, seededRandom('key'))).toMatch(/^<output>\n[^<]{20,}\n<\/output>$/s);
    }
  });
});
