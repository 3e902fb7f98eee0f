import { SeraError } from '../error.ts';
import { patchSize } from '../patch/index.ts';
import {
  type StageName,
  type StageOf,
  type StoredStage,
  StoreError,
  type TaskChange,
  type TaskRecord,
} from '../store/index.ts';
import { BudgetError, TeacherRefusedError } from '../teacher/index.ts';
import { hashOf } from './choice.ts';
import {
  ATTEMPTS,
  type Attempt,
  firstRollout,
  pullRequest,
  secondRollout,
  selfReview,
  verification,
  type Workshop,
} from './stages.ts';

/**
 * Takes one task from where it stands through its remaining stages: first rollout, self-review, pull request, second
 * rollout, verification. Each finished stage is stored before the next begins. A rejected attempt is followed by one
 * with another topic. How it ended stands in the store.
 *
 * @throws TeacherRefusedError, BudgetError, StoreError, or the abort's reason: the run cannot go on
 */
export async function walk(shop: Workshop, task: TaskRecord): Promise<void> {
  await shop.store.changeTask(shop.run, task.id, { status: 'running', reason: null });
  const stored = await shop.store.stages(shop.run, task.id);
  try {
    for (let number = 1; number <= ATTEMPTS; number += 1) {
      if (await walkAttempt({ shop, stored, attempt: { task, number } })) return;
    }
  } catch (error) {
    await settle(shop, task, error);
  }
}

/** What is known of one attempt when its walk begins or goes on. */
interface Journey {
  readonly shop: Workshop;
  readonly attempt: Attempt;
  /** Stages that are finished already, of all attempts. */
  readonly stored: readonly StoredStage[];
}

/** @returns whether the attempt yielded a verified pair; if not the next one may */
async function walkAttempt(journey: Journey): Promise<boolean> {
  const { shop, attempt } = journey;

  const first = await reach(
    journey,
    'first-rollout',
    () => firstRollout(shop, attempt),
    (record) => ({
      attempts: attempt.number,
      topic: record.topic,
      ...(changesNothing(record) && rejection(attempt, 'empty patch')),
    }),
  );
  if (changesNothing(first)) return false;

  const review = await reach(
    journey,
    'self-review',
    () => selfReview(shop, attempt, first),
    ({ accepted }) =>
      accepted ? { patchHash: hashPatch(first.trajectory.patch) } : rejection(attempt, 'self-review'),
  );
  if (!review.accepted) return false;

  const request = await reach(journey, 'pull-request', () => pullRequest(shop, attempt, first));
  const second = await reach(journey, 'second-rollout', () => secondRollout(shop, attempt, request));
  await reach(
    journey,
    'verification',
    async () => verification(first, second),
    ({ recall }) => ({
      status: 'done',
      recall,
    }),
  );
  return true;
}

/** A stage's record: from the store where an earlier process finished it, else made now and stored. */
async function reach<Name extends StageName>(
  { shop, attempt, stored }: Journey,
  stage: Name,
  make: () => Promise<StageOf<Name>>,
  change: (record: StageOf<Name>) => TaskChange = () => ({}),
): Promise<StageOf<Name>> {
  const isStage = (record: { stage: StageName }): record is StageOf<Name> => record.stage === stage;
  for (const { attempt: number, record } of stored) {
    if (number === attempt.number && isStage(record)) return record;
  }
  if (shop.drain.aborted) throw new Stopped();
  const task = attempt.task.id;
  shop.listen({ type: 'stage-began', task, stage, attempt: attempt.number });
  const record = await make();
  const status = await shop.store.finishStage(shop.run, task, attempt.number, record, change(record));
  shop.listen({ type: 'stage-ended', task, stage });
  if (status === 'rejected') throw new Stopped(); // the last attempt, or another task's patch is the same
  return record;
}

/** Ends a walk between two stages; nothing is wrong. */
class Stopped extends Error {}

async function settle(shop: Workshop, task: TaskRecord, error: unknown): Promise<void> {
  if (error instanceof Stopped) {
    if (shop.drain.aborted) await shop.store.changeTask(shop.run, task.id, { status: 'waiting' });
    return;
  }
  shop.signal.throwIfAborted();
  if (!(error instanceof SeraError) || concernsTheRun(error)) throw error;
  await shop.store.changeTask(shop.run, task.id, { status: 'failed', reason: error.message });
}

function concernsTheRun(error: SeraError): boolean {
  return error instanceof TeacherRefusedError || error instanceof BudgetError || error instanceof StoreError;
}

/** The last attempt's rejection is the task's. */
function rejection(attempt: Attempt, reason: string): TaskChange {
  return attempt.number < ATTEMPTS ? {} : { status: 'rejected', reason };
}

function changesNothing(first: StageOf<'first-rollout'>): boolean {
  return patchSize(first.trajectory.patch).files === 0;
}

/** Blob hashes in a patch stand for whole files; what makes two changes the same is their lines. */
function hashPatch(patch: string): string {
  return hashOf(patch.replace(/^index .*$/gm, ''));
}
