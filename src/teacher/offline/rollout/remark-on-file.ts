import { languageOf } from '../../../syntax/index.ts';
import { DIALECTS } from '../editing/dialects/index.ts';
import { say } from '../speech/phrases.ts';
import { VOCABULARY } from '../speech/vocabulary/index.ts';
import { readNumbered } from './hands.ts';
import type { Scene } from './scene.ts';
import { type Steps, turn } from './turn.ts';

/** Where no function could be read in a file: a comment at its top, below what must stand first. */
export async function* remarkOnFile(file: string, scene: Scene): Steps<void> {
  const language = languageOf(file);
  if (!language) return;
  const { hands, random, taste } = scene;
  const seen = readNumbered(
    yield turn('read', hands.view(file, 1, 1), random.fork('top'), { file, line: '1' }),
  );
  const top = seen.lines.get(1);
  if (top === undefined) return;
  const name =
    file
      .split('/')
      .at(-1)
      ?.replace(/\.\w+$/, '') ?? file;
  const text = taste
    .fork('file')
    .pick([`What belongs to ${name} stands here.`, `This file is about ${name}.`]);
  const line = `${DIALECTS[language].comment} ${text}${seen.carriageReturns && !hands.keepsLineEnds ? '\r' : ''}`;
  const change = { first: /^(#!|<\?|#.*coding|'use|"use)/.test(top) ? 2 : 1, old: [], new: [line] };
  const intent = say(random.fork('intent').pick(VOCABULARY.document.intents), { function: name });
  yield turn('edit', hands.replace(file, change, seen.lines, 0), random.fork('edit'), {
    function: name,
    intent,
  });
}
