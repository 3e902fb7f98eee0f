import type { EditKind } from '../editing/edits/index.ts';
import type { Wish } from '../editing/make-edit.ts';
import { changeFunction } from './change-function.ts';
import { findFunction, type Place } from './find-function.ts';
import { readTask, type Task } from './instruction.ts';
import { type ReadFunction, readFunction } from './read-function.ts';
import { remarkOnFile } from './remark-on-file.ts';
import type { Scene } from './scene.ts';
import { type Steps, turn } from './turn.ts';

/** Vague tasks in which nothing is changed, so that the way of a rejected rollout is walked too. */
const GIVE_UP = 0.02;

/** Vague tasks that lead to two changes. */
const SECOND_CHANGE = 0.55;

/** A whole rollout: look, find, read, change, check, submit. */
export async function* walk(instruction: string, scene: Scene): Steps<void> {
  const { hands, random } = scene;
  const task = readTask(instruction);
  if (random.fork('look').chance(0.6)) yield turn('look', hands.look(), random.fork('look'));
  const places = yield* findFunction(task, scene);
  const found = yield* readFirst(places, scene);
  const gaveUp = task.wishes.length === 0 && random.fork('give up').chance(GIVE_UP);
  if (!gaveUp) yield* change(found, task, scene);
  yield turn(gaveUp ? 'giveUp' : 'submit', hands.submit(), random.fork('submit'));
  for (let again = 0; ; again += 1) yield turn('confirm', hands.submit(), random.fork(`confirm ${again}`));
}

async function* change(found: ReadFunction | undefined, task: Task, scene: Scene): Steps<void> {
  const [file] = task.files;
  if (found) yield* changeAll(found, wishesOf(task, scene), scene);
  else if (file) yield* remarkOnFile(file, scene);
}

async function* readFirst(places: readonly Place[], scene: Scene): Steps<ReadFunction | undefined> {
  for (const place of places.slice(0, 3)) {
    const found = yield* readFunction(place, scene);
    if (found) return found;
  }
  return undefined;
}

/** One list of wishes for each change that is to be made. */
function wishesOf(task: Task, { random }: Scene): readonly (readonly Wish[])[] {
  const choice = random.fork('changes');
  if (task.wishes.length > 0) return task.wishes.slice(0, 3).map((wish) => [wish]);
  const suggested = choice.shuffle(task.suggested);
  return choice.chance(SECOND_CHANGE) ? [suggested, suggested] : [suggested];
}

/** Each change is of a kind of its own. */
async function* changeAll(
  found: ReadFunction,
  changes: readonly (readonly Wish[])[],
  scene: Scene,
): Steps<void> {
  const done = new Set<EditKind>();
  let current = found;
  for (const [index, wishes] of changes.entries()) {
    const random = scene.random.fork(`change ${index}`);
    const changed = yield* changeFunction(current, wishes, done, { ...scene, random });
    if (changed) done.add(changed.kind);
    current = changed?.found ?? current;
  }
}
