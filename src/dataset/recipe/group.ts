import type { Candidate } from '../candidate.ts';

/**
 * What a candidate's function is called across replicas, rollouts and commits; where the source does not tell, the
 * instance without its rollout.
 */
export function groupOf({ id, metadata }: Candidate): string {
  const { repository, function: name, file } = metadata;
  if (name) return `${repository}\0${name}`;
  if (file) return `${repository}\0${file}`;
  return id.replace(/-t[12]$/, '');
}
