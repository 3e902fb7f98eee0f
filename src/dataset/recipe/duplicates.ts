import { hash } from 'node:crypto';
import { changedLines } from '../../patch/index.ts';
import type { Candidate } from '../candidate.ts';
import { SimilarIndex, signature } from './minhash.ts';
import type { Recipe } from './recipe.ts';

/** Characters of a conversation that are compared where there is no patch. */
const OPENING = 6_000;

/**
 * Finds trajectories that teach what an earlier one taught. First and second rollouts are compared among themselves
 * alone: the same patch from the vague instruction and from the pull request are two lessons.
 */
export class Duplicates {
  readonly #near: number | undefined;
  readonly #equal = new Set<string>();
  readonly #similar = new Map<number, SimilarIndex>();

  constructor({ duplicates, near_threshold }: Pick<Recipe, 'duplicates' | 'near_threshold'>) {
    this.#near = duplicates === 'near' ? near_threshold : undefined;
  }

  /** Why a candidate is a duplicate; where it is none it counts as seen. */
  check(candidate: Candidate): string | undefined {
    const { rollout, repository } = candidate.metadata;
    const lines = changedLines(candidate.metadata.patch ?? '').join('\n');
    const text = lines || conversation(candidate);
    const key = hash('sha1', `${rollout}\0${repository}\0${text}`, 'base64');
    if (this.#equal.has(key)) return lines ? 'the same patch' : 'the same conversation';
    if (this.#near !== undefined && this.#meets(candidate, text, this.#near)) return 'nearly the same';
    this.#equal.add(key);
    return undefined;
  }

  #meets({ metadata }: Candidate, text: string, threshold: number): boolean {
    const rollout = metadata.rollout ?? 0;
    const index = this.#similar.get(rollout) ?? new SimilarIndex(threshold);
    this.#similar.set(rollout, index);
    return index.meets(signature(`${text}\n${metadata.pull_request ?? ''}`));
  }
}

function conversation({ messages }: Candidate): string {
  const texts = messages.filter((message) => message.role !== 'system').map((message) => message.content);
  return texts.join('\n').slice(0, OPENING);
}
