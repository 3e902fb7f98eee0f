import { lintSource } from '@secretlint/core';
import { secretLintProfiler } from '@secretlint/profiler';
import { creator as recommended } from '@secretlint/secretlint-rule-preset-recommend';
import type { Candidate } from '../candidate.ts';
import { privateKeyLines } from './private-key.ts';
import { showsSigns } from './secret-signs.ts';
import { mapTexts, textsOf } from './texts.ts';

/**
 * The recommended rules, without the one by which a comment in a file that the model read would switch the search off.
 */
const rule: typeof recommended = {
  ...recommended,
  create(context, options) {
    const registerRule: typeof context.registerRule = (each, defaults) => {
      if (each.meta.id !== '@secretlint/secretlint-rule-filter-comments')
        context.registerRule(each, defaults);
    };
    return recommended.create({ ...context, registerRule }, options);
  },
};
const config = { rules: [{ id: recommended.meta.id, rule }] };

/** Between two texts that are searched at once: no secret spans it. */
const BETWEEN = '\n\u0000\n';

/** A secret that stands in a text: its kind, as the scanner calls it, and its characters. */
export interface Secret {
  readonly kind: string;
  readonly text: string;
}

/**
 * Searches every message, argument, patch and pull request for keys, tokens, private keys and passwords in URLs.
 *
 * @returns what was found, each once
 */
export async function findSecrets(candidate: Candidate): Promise<Secret[]> {
  const content = textsOf(candidate).filter(showsSigns).join(BETWEEN);
  if (content === '') return [];
  const found = new Map<string, Secret>();
  for (const { range, messageId, ruleId } of await scan(content)) {
    const text = content.slice(...range);
    found.set(text, { kind: messageId || ruleId, text });
  }
  for (const text of privateKeyLines(content)) found.set(text, { kind: 'PrivateKey', text });
  return [...found.values()];
}

/** Every finding of the scanner's rules in a text, signs or no signs. */
export async function scan(content: string): Promise<readonly Finding[]> {
  const { messages } = await lintSource({
    source: { filePath: 'samples.txt', content, contentType: 'text' },
    options: { noPhysicFilePath: true, config },
  });
  await forgetTimings();
  return messages;
}

type Finding = Awaited<ReturnType<typeof lintSource>>['messages'][number];

/** The scanner keeps a timing of every rule of every call, and looks through all of them at the next. */
async function forgetTimings(): Promise<void> {
  const timings = await secretLintProfiler.getEntries();
  timings.length = 0;
}

/** Puts a placeholder in the place of each secret, wherever it stands. */
export function redact(candidate: Candidate, secrets: readonly Secret[]): Candidate {
  const longestFirst = [...secrets].sort((a, b) => b.text.length - a.text.length);
  return mapTexts(candidate, (text) =>
    longestFirst.reduce((rest, secret) => rest.replaceAll(secret.text, `[REDACTED:${secret.kind}]`), text),
  );
}
