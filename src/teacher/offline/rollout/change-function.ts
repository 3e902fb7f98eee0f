import { EDIT_KINDS, type EditKind } from '../editing/edits/index.ts';
import { type MadeEdit, makeEdit, type Wish } from '../editing/make-edit.ts';
import { say } from '../speech/phrases.ts';
import { VOCABULARY } from '../speech/vocabulary/index.ts';
import { stillParses } from './check.ts';
import { type Hands, quote } from './hands.ts';
import { type LineChange, lineChanges } from './line-change.ts';
import type { ReadFunction } from './read-function.ts';
import type { Scene } from './scene.ts';
import { type Steps, type Turn, turn } from './turn.ts';

const TRIES = 3;

/**
 * Makes one change to a function and sees to it that the file still parses; where a tool refuses or the check
 * fails the file is put back and another change is tried.
 *
 * @param done kinds that are not made again
 * @returns the function as it is afterwards, and the kind that was made; undefined where no change could be made
 */
export async function* changeFunction(
  found: ReadFunction,
  wishes: readonly Wish[],
  done: ReadonlySet<EditKind>,
  scene: Scene,
): Steps<{ readonly found: ReadFunction; readonly kind: EditKind } | undefined> {
  const avoid = new Set<EditKind>(found.complete ? done : [...done, ...WHOLE_FUNCTION_NEEDED]);
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const edit = await makeEdit(
      found,
      wishes,
      { random: scene.random.fork(`edit ${attempt}`), taste: scene.taste },
      avoid,
    );
    if (!edit) return undefined;
    const applied = yield* apply(found, edit, scene);
    if (applied && (yield* stillParses(found.file, found.language, scene)))
      return { found: after(found, edit), kind: edit.kind };
    yield turn(
      'revert',
      scene.hands.shell(`git checkout -- ${quote(found.file)}`),
      scene.random.fork(`revert ${attempt}`),
    );
    avoid.add(edit.kind);
  }
  return undefined;
}

/** Kinds that would leave a function half changed of which only the beginning was read. */
const WHOLE_FUNCTION_NEEDED = EDIT_KINDS.filter((kind) => kind !== 'guard' && kind !== 'document');

async function* apply(found: ReadFunction, edit: MadeEdit, scene: Scene): Steps<boolean> {
  const changes = lineChanges(found.first, found.lines, edit.lines);
  for (const [index, change] of changes.toReversed().entries()) {
    const ended = withLineEnds(change, found, scene.hands);
    const said = index === 0 ? editTurn(found, edit, scene) : undefined;
    if (!(yield* applyChange(found, ended, said, scene))) return false;
  }
  return true;
}

async function* applyChange(
  found: ReadFunction,
  change: LineChange,
  said: ((use: Turn['use']) => Turn) | undefined,
  scene: Scene,
): Steps<boolean> {
  const random = scene.random.fork(`widen ${change.first}`);
  for (const context of [scene.random.fork('context').chance(0.5) ? 0 : 1, 4, 10]) {
    const use = scene.hands.replace(found.file, change, found.known, context);
    const observation = yield said && context < 4 ? said(use) : turn('widen', use, random);
    const outcome = scene.hands.outcome(observation);
    if (outcome !== 'not unique') return outcome === 'done';
  }
  return false;
}

function editTurn(found: ReadFunction, edit: MadeEdit, scene: Scene) {
  const random = scene.random.fork(`say ${edit.kind} ${edit.detail}`);
  const places = { function: found.fullName, detail: edit.detail || 'it' };
  const intent = say(random.pick(VOCABULARY[edit.kind].intents), places);
  return (use: Turn['use']) => turn('edit', use, random, { ...places, intent });
}

/** The shell writes what it is given; the editor keeps a file's line ends by itself. */
function withLineEnds(change: LineChange, found: ReadFunction, hands: Hands): LineChange {
  if (!found.carriageReturns || hands.keepsLineEnds) return change;
  return { ...change, new: change.new.map((line) => `${line}\r`) };
}

/** The function with the edit in it, and the file's known lines moved along. */
function after(found: ReadFunction, edit: MadeEdit): ReadFunction {
  const grown = edit.lines.length - found.lines.length;
  const end = found.first + found.lines.length;
  const known = new Map<number, string>();
  for (const [number, line] of found.known) {
    if (number < found.first) known.set(number, line);
    if (number >= end) known.set(number + grown, line);
  }
  for (const [index, line] of edit.lines.entries()) known.set(found.first + index, line);
  return { ...found, lines: edit.lines, known: new Map([...known].sort(([a], [b]) => a - b)) };
}
