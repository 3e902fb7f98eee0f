import type { Random } from '../random.ts';

type Pool = readonly [string, ...string[]];

/** What is thought and what is said at one kind of turn; places in braces as in `phrases.ts`. */
interface Manner {
  readonly thoughts: Pool;
  readonly remarks: Pool;
}

const MANNERS = {
  look: {
    thoughts: [
      'Before anything else I want to know how this repository is laid out.',
      'I do not know this code yet. A look at the folders will tell me where things live.',
      'Let me get an idea of the structure first; the report is short on details.',
    ],
    remarks: [
      'First a look at the repository.',
      'Let me see how the code is organised.',
      'I start with an overview.',
    ],
  },
  search: {
    thoughts: [
      'The report points at {what}. I need to find where it is defined and who mentions it.',
      'I should locate {what} before I form an opinion on what could be wrong.',
      'A search for {what} gives me the line numbers, so I can read just that part.',
    ],
    remarks: ['Now I look for {what}.', 'Where is {what}?', 'Searching for {what}.'],
  },
  read: {
    thoughts: [
      'That looks like the place. I read the code around line {line} carefully.',
      'Line {line} of {file} is where to look. Reading the whole function, with what surrounds it, is worth the time.',
      'I want to see the lines around {line} before I change anything.',
    ],
    remarks: [
      'Reading {file} around line {line}.',
      'Let me read that part of {file}.',
      'Here is the code in question.',
    ],
  },
  more: {
    thoughts: [
      'The function goes on beyond what I saw, so I read further.',
      'I have not seen the end of it yet.',
    ],
    remarks: ['It goes on; reading further.', 'The rest of it, please.'],
  },
  edit: {
    thoughts: [
      'Having read {function}, I think the smallest change that helps is clear. It keeps the behaviour for callers that do the right thing.',
      'There is something here worth mending in {function}. I keep the change small and in the style of the code around it.',
      'What the report describes fits with what {function} does. I change only that.',
    ],
    remarks: ['{intent}'],
  },
  widen: {
    thoughts: ['That text stands more than once in the file. With more lines around it the place is unique.'],
    remarks: ['The same change with more context.', 'I name the place more precisely.'],
  },
  revert: {
    thoughts: [
      'That did not go well. I put the file back as it was and think again.',
      'Better to undo this and take another way.',
    ],
    remarks: ['I undo that.', 'Back to where the file was.'],
  },
  check: {
    thoughts: [
      'I make sure that the file still parses and that nothing else has changed.',
      'Before I hand it in, a check of what exactly I changed.',
      'Let me verify the result.',
    ],
    remarks: ['Checking the change.', 'Does it still parse?', 'A look at what changed.'],
  },
  submit: {
    thoughts: [
      'The change does what it should and nothing besides. I can submit it.',
      'I am satisfied with this. Time to hand it in.',
      'Nothing is left to do here.',
    ],
    remarks: ['That is done; I submit it.', 'Submitting the change.', 'I hand this in.'],
  },
  confirm: {
    thoughts: [
      'The diff holds just what I meant to change; no script of mine is left behind. I confirm.',
      'I went through the list: no tests touched, nothing left over. Submitting again to confirm.',
    ],
    remarks: ['The diff is as intended.', 'Confirmed.'],
  },
  giveUp: {
    thoughts: [
      'I read it twice, and the code does what it says. I would rather change nothing than something wrong.',
    ],
    remarks: ['I find nothing to change here.', 'The code is right as it stands.'],
  },
} as const satisfies Readonly<Record<string, Manner>>;

export type Stage = keyof typeof MANNERS;

/** What the teacher thinks and says at a turn, with its places still to be filled. */
export function wordsFor(
  stage: Stage,
  random: Random,
): { readonly thought: string; readonly remark: string } {
  const { thoughts, remarks }: Manner = MANNERS[stage];
  return { thought: random.pick(thoughts), remark: random.pick(remarks) };
}
