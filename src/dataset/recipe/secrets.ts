import { lintSource } from '@secretlint/core';
import { creator as recommended } from '@secretlint/secretlint-rule-preset-recommend';
import type { Candidate } from '../candidate.ts';
import { mapTexts, textsOf } from './texts.ts';

const config = {
  rules: [
    {
      id: '@secretlint/secretlint-rule-preset-recommend',
      rule: recommended,
      // Otherwise a comment in a file that the model read would switch the search off.
      rules: [{ id: '@secretlint/secretlint-rule-filter-comments', disabled: true }],
    },
  ],
};

/** Between two texts that are searched at once: no secret spans it. */
const BETWEEN = '\n\u0000\n';

/** A secret that stands in a text: its kind, as the scanner calls it, and its characters. */
export interface Secret {
  readonly kind: string;
  readonly text: string;
}

/** Searches every message, argument, patch and pull request for keys, tokens, private keys and passwords in URLs. */
export async function findSecrets(candidate: Candidate): Promise<Secret[]> {
  const content = textsOf(candidate).join(BETWEEN);
  const { messages } = await lintSource({
    source: { filePath: 'sample.txt', content, contentType: 'text' },
    options: { noPhysicFilePath: true, config },
  });
  const found = new Map<string, Secret>();
  for (const { range, messageId, ruleId } of messages) {
    const text = content.slice(...range);
    found.set(text, { kind: messageId || ruleId, text });
  }
  return [...found.values()];
}

/** Puts a placeholder in the place of each secret, wherever it stands. */
export function redact(candidate: Candidate, secrets: readonly Secret[]): Candidate {
  const longestFirst = [...secrets].sort((a, b) => b.text.length - a.text.length);
  return mapTexts(candidate, (text) =>
    longestFirst.reduce((rest, secret) => rest.replaceAll(secret.text, `[REDACTED:${secret.kind}]`), text),
  );
}
