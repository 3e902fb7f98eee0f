import type { Language } from '../../../syntax/index.ts';
import type { Dialect } from './dialect.ts';
import { python } from './python.ts';

export type { Dialect } from './dialect.ts';

const DIALECTS: Readonly<Partial<Record<string, Dialect>>> = { python };

/** What is known of a language, or undefined where the edits do not speak it. */
export function dialectOf(language: Language): Dialect | undefined {
  return DIALECTS[language];
}
