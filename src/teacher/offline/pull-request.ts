import type { Random } from './random.ts';
import { type Places, say } from './speech/phrases.ts';
import { heardIntents, type Mention, VOCABULARY } from './speech/vocabulary/index.ts';

/** Reports that leave out the file, the function's context or one of the complaints: the second rollout must search. */
const FILE_LEFT_OUT = 0.15;
const VAGUE = 0.15;
const COMPLAINT_LEFT_OUT = 0.2;

/**
 * Writes the report that could have led to a change, from the steps that made it: what goes wrong and how to see it,
 * about as long as the demonstration, never the change itself.
 *
 * @param question the prompt, with the steps and the demonstration in it
 */
export function report(question: string, random: Random): string {
  const mentions = heardIntents(question);
  const kept = mentions.filter(
    (_, index) => index === 0 || !random.fork(`leave out ${index}`).chance(COMPLAINT_LEFT_OUT),
  );
  const file = random.fork('file').chance(FILE_LEFT_OUT) ? undefined : fileIn(question);
  const text = compose(kept, file, lengthOfDemonstration(question), random);
  return `<output>\n${text}\n</output>`;
}

function compose(
  mentions: readonly Mention[],
  file: string | undefined,
  length: number,
  random: Random,
): string {
  const [main] = mentions;
  const places: Places = { function: 'the code', ...main?.places };
  const where = file ? say(random.fork('where').pick(WHERE), { ...places, file }) : '';
  const title = main
    ? say(random.fork('title').pick(VOCABULARY[main.kind].titles), places)
    : 'Something is off in this part of the code';
  const complaints = mentions.map((mention, index) => complaint(mention, random.fork(`complaint ${index}`)));
  const call = say(random.fork('call').pick(REPRODUCTIONS), places);
  const core = [title, [...complaints, where].filter(Boolean).join(' '), call];
  const extras = random
    .fork('extras')
    .shuffle(EXTRAS)
    .map((extra) => say(extra, places));
  const paragraphs = [...core];
  for (const extra of extras) {
    if (paragraphs.join('\n\n').length < length * 0.7) paragraphs.push(extra);
  }
  return paragraphs.join('\n\n');
}

function complaint({ kind, places }: Mention, random: Random): string {
  const { symptoms, vague } = VOCABULARY[kind];
  const known = places.detail !== undefined && places.detail !== 'it';
  return say(random.pick(known && !random.chance(VAGUE) ? symptoms : vague), places);
}

const WHERE = [
  'The code is in {file}.',
  'I mean the one in {file}.',
  'This is about {file}.',
  'As far as I can see it lives in {file}.',
] as const;

const REPRODUCTIONS = [
  'To see it, look at any call of `{function}` with unusual arguments, or just read it with fresh eyes.',
  'Steps to reproduce:\n1. Check out the current state.\n2. Go to `{function}`.\n3. Follow what happens there from the first line on.',
  'How to reproduce: use `{function}` the way its callers do, and watch what it does with what it gets.',
] as const;

const EXTRAS = [
  'Expected behavior: one would get along with `{function}` without having to study it first.',
  'This has cost us an afternoon already, and it is not the first time that somebody stumbles here.',
  'I have seen this on Linux and on macOS, with the latest state of the main branch. Older versions seem to be the same, as far as I looked.',
  'Nothing in the existing tests covers it, which is probably why nobody noticed.',
  'I looked through the open reports and did not find one about this. If I missed it, please close this as a duplicate.',
  'It is not urgent for us, since we know about it now, but others will run into the same thing sooner or later.',
  'For context: we came across `{function}` while we were looking into something else, and only noticed because a colleague asked.',
];

/** The file that the steps changed. */
function fileIn(text: string): string | undefined {
  const patterns = [
    /^diff --git a\/\S+ b\/(\S+)$/m,
    /"command":\s*"(?:str_replace|insert)",\s*"path":\s*"\/testbed\/([^"]+)"/,
    /sed -i (?:-e '[^']*' )*([\w@%+=:,./-]+)/,
    /grep -c '' ([\w@%+=:,./-]+);/,
  ];
  return patterns.map((pattern) => pattern.exec(text)?.[1]).find((file) => file !== undefined);
}

/** Characters of the demonstration, which is the last tagged block of the prompt; 600 where none is found. */
function lengthOfDemonstration(question: string): number {
  const blocks = [...question.matchAll(/<(example|demonstration\w*|demo\w*)>([\s\S]*?)<\/\1>/gi)];
  return blocks.at(-1)?.[2]?.trim().length ?? 600;
}
