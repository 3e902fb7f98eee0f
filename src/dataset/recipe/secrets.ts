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
 * Candidates are searched together, since the scanner takes as long to begin as for a hundred thousand characters.
 *
 * @returns what was found in each, once
 */
export async function findSecrets(candidates: readonly Candidate[]): Promise<Secret[][]> {
  const texts = candidates.map((candidate) => textsOf(candidate).filter(showsSigns).join(BETWEEN));
  if (texts.every((text) => text === '')) return texts.map(() => []);
  const content = texts.join(BETWEEN);
  const messages = await scan(content);
  let next = 0;
  const starts = texts.map((text) => {
    const start = next;
    next += text.length + BETWEEN.length;
    return start;
  });
  const found = candidates.map(() => new Map<string, Secret>());
  for (const { range, messageId, ruleId } of messages) {
    const text = content.slice(...range);
    const owner = starts.findLastIndex((start) => start <= range[0]);
    found[owner]?.set(text, { kind: messageId || ruleId, text });
  }
  for (const [index, secrets] of found.entries()) {
    for (const text of privateKeyLines(texts[index] ?? '')) secrets.set(text, { kind: 'PrivateKey', text });
  }
  return found.map((secrets) => [...secrets.values()]);
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
