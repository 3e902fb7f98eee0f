import { hash } from 'node:crypto';
import { changedLines } from '../../patch/index.ts';
import type { Candidate } from '../candidate.ts';
import { type Signature, SimilarIndex, signature } from './minhash.ts';
import type { Recipe } from './recipe.ts';

/** Characters of a conversation that are compared where there is no patch. */
const OPENING = 6_000;

/** What a candidate is compared by. */
export interface Fingerprint {
  readonly rollout: number | null;
  readonly of: 'patch' | 'conversation';
  readonly key: string;
  /** Only where near-duplicates are looked for. */
  readonly signature: Signature | undefined;
}

type DuplicateRule = Pick<Recipe, 'duplicates' | 'near_threshold'>;

/** @returns undefined where duplicates are kept */
export function fingerprintOf(candidate: Candidate, { duplicates }: DuplicateRule): Fingerprint | undefined {
  if (duplicates === 'keep') return undefined;
  const { rollout, repository, patch, pull_request } = candidate.metadata;
  const lines = changedLines(patch ?? '').join('\n');
  const text = lines || conversation(candidate);
  return {
    rollout,
    of: lines ? 'patch' : 'conversation',
    key: hash('sha1', `${rollout}\0${repository}\0${text}`, 'base64'),
    signature: duplicates === 'near' ? signature(`${text}\n${pull_request ?? ''}`) : undefined,
  };
}

/**
 * Finds trajectories that teach what an earlier one taught. First and second rollouts are compared among themselves
 * alone: the same patch from the vague instruction and from the pull request are two lessons.
 */
export class Duplicates {
  readonly #threshold: number;
  readonly #equal = new Set<string>();
  readonly #similar = new Map<number | null, SimilarIndex>();

  constructor({ near_threshold }: DuplicateRule) {
    this.#threshold = near_threshold;
  }

  /** Why a candidate is a duplicate; where it is none it counts as seen. */
  check({ rollout, of, key, signature }: Fingerprint): string | undefined {
    if (this.#equal.has(key)) return `the same ${of}`;
    if (signature) {
      const index = this.#similar.get(rollout) ?? new SimilarIndex(this.#threshold);
      this.#similar.set(rollout, index);
      if (index.meets(signature)) return 'nearly the same';
    }
    this.#equal.add(key);
    return undefined;
  }
}

function conversation({ messages }: Candidate): string {
  const texts = messages.filter((message) => message.role !== 'system').map((message) => message.content);
  return texts.join('\n').slice(0, OPENING);
}
