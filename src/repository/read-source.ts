import { isUtf8 } from 'node:buffer';
import { languageName, languageOf, surveySource, syntaxVersion } from '../syntax/index.ts';
import type { CachedFile } from './function-cache.ts';
import { kindByContent } from './leave-out.ts';

/** What a file's content has in it. Whatever is wrong with it, the next file is not concerned. */
export async function readSource(path: string, content: Buffer): Promise<CachedFile> {
  if (!isUtf8(content)) return { unusable: 'not UTF-8' };
  const source = content.toString('utf8');
  const language = languageOf(path, source);
  if (!language) return { unusable: 'unparsable' };
  const kind = kindByContent(source);
  try {
    const { functions, sound } = await surveySource(language, source);
    if (functions.length === 0 && !sound) return { unusable: 'unparsable' };
    return {
      language: languageName(language),
      functions: functions.map(({ name, startLine, endLine }) => [name, startLine, endLine]),
      ...(kind && { kind }),
    };
  } catch {
    return { unusable: 'unparsable' };
  }
}

/** Changes by hand, with what this file and `leave-out.ts` say of a content. */
const READING = 1;

/** Changes whenever the same content may give something else. */
export async function readingVersion(): Promise<string> {
  return `${await syntaxVersion()} ${READING}`;
}
