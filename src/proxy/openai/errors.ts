import type { FaultKind, ProxyFault } from '../fault.ts';

const ERRORS: Readonly<Record<FaultKind, readonly [type: string, code: string | null]>> = {
  invalid: ['invalid_request_error', null],
  unauthorized: ['authentication_error', 'invalid_api_key'],
  forbidden: ['permission_error', null],
  'not-found': ['invalid_request_error', 'not_found'],
  'too-large': ['invalid_request_error', 'request_too_large'],
  overflow: ['invalid_request_error', 'context_length_exceeded'],
  'rate-limit': ['rate_limit_exceeded', 'rate_limit_exceeded'],
  overloaded: ['server_error', 'overloaded'],
  unreachable: ['server_error', 'upstream_unreachable'],
  broken: ['server_error', 'upstream_error'],
};

/** An error object as all of OpenAI's interfaces have it. */
export function errorOf({ kind, message }: ProxyFault): {
  readonly message: string;
  readonly type: string;
  readonly param: null;
  readonly code: string | null;
} {
  const [type, code] = ERRORS[kind];
  return { message, type, param: null, code };
}
