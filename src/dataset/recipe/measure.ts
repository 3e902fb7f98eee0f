import { patchSize } from '../../patch/index.ts';
import type { Candidate } from '../candidate.ts';
import type { SampleFacts } from '../statistics/statistics.ts';
import type { Facts } from './filters.ts';
import type { Length } from './fit.ts';

/** What filters and expressions may ask of a candidate. */
export function factsOf(candidate: Candidate, source: string, length: Length): Facts {
  const { id, metadata, messages } = candidate;
  const size = metadata.patch === null ? null : patchSize(metadata.patch);
  return {
    ...metadata,
    id,
    source,
    patch_lines: size?.lines ?? null,
    files: size?.files ?? null,
    messages: messages.length,
    tokens: length.tokens,
    tool_tokens: length.toolTokens,
  };
}

/** What is kept of a sample for statistics: no text of it. */
export function sampleFacts(candidate: Candidate, facts: Facts, tokens: number, ratio: number): SampleFacts {
  const { repository, commit, language, topic, teacher, rollout, exit_status } = facts;
  const { steps, patch_lines, files, recall, cost_usd, tool_tokens } = facts;
  const named = { repository, commit, language, topic, teacher, rollout, exit_status };
  const counted = { steps, patch_lines, files, recall, cost_usd, tool_tokens };
  return { ...named, ...counted, tokens, ratio, tools: toolsOf(candidate) };
}

function toolsOf({ messages }: Candidate): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const message of messages) {
    if (message.role !== 'assistant') continue;
    for (const { name } of message.toolCalls ?? []) {
      counts[name] = (Object.hasOwn(counts, name) ? (counts[name] ?? 0) : 0) + 1;
    }
  }
  return counts;
}
