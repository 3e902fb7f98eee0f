import { randomUUID } from 'node:crypto';
import type { AnswerEnd, AnswerUsage } from '../answer.ts';
import type { Reasoning } from '../conversation.ts';
import type { FaultKind, ProxyFault } from '../fault.ts';
import { packReasoning } from '../kept-reasoning.ts';

export const STOP_REASON: Readonly<Record<AnswerEnd['finish'], string>> = {
  stop: 'end_turn',
  calls: 'tool_use',
  length: 'max_tokens',
  refused: 'refusal',
};

export function usageBody({ input, cached, output }: AnswerUsage): object {
  return {
    input_tokens: input - cached,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: cached,
    output_tokens: output,
  };
}

export function messageId(): string {
  return `msg_${randomUUID().replaceAll('-', '')}`;
}

const TYPES: Readonly<Record<FaultKind, string>> = {
  invalid: 'invalid_request_error',
  unauthorized: 'authentication_error',
  forbidden: 'permission_error',
  'not-found': 'not_found_error',
  'too-large': 'request_too_large',
  overflow: 'invalid_request_error',
  'rate-limit': 'rate_limit_error',
  overloaded: 'overloaded_error',
  unreachable: 'api_error',
  broken: 'api_error',
};

export function errorBody({ kind, message, usage }: ProxyFault): object {
  return {
    type: 'error',
    error: { type: TYPES[kind], message },
    ...(usage ? { usage: usageBody(usage) } : {}),
  };
}

export function hiddenBlock(reasoning: Reasoning): object {
  return { type: 'redacted_thinking', data: packReasoning(reasoning) };
}
