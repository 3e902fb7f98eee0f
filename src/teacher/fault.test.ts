import { describe, expect, it } from 'vitest';
import { faultOf } from './fault.ts';
import { serverError } from './foreign-text.ts';

/** What real servers answer, as they word it. */
const overflows: [string, number, unknown][] = [
  [
    'OpenAI',
    400,
    {
      error: {
        message:
          "This model's maximum context length is 8192 tokens. However, your messages resulted in 9000 tokens.",
        type: 'invalid_request_error',
        param: 'messages',
        code: 'context_length_exceeded',
      },
    },
  ],
  [
    'OpenAI, newer',
    400,
    {
      error: {
        message: 'Your input exceeds the context window of this model.',
        code: 'context_length_exceeded',
      },
    },
  ],
  [
    'vLLM',
    400,
    {
      object: 'error',
      message:
        "This model's maximum context length is 32768 tokens. However, you requested 33001 tokens in the messages, Please reduce the length of the messages.",
      type: 'BadRequestError',
      code: 400,
    },
  ],
  [
    'vLLM, newer',
    400,
    {
      error: {
        message: 'The decoder prompt (length 40000) is longer than the maximum model length of 32768.',
        type: 'BadRequestError',
        code: 400,
      },
    },
  ],
  [
    'SGLang',
    400,
    {
      object: 'error',
      message: "The input (40000 tokens) is longer than the model's context length (32768 tokens).",
      type: 'BadRequestError',
      code: 400,
    },
  ],
  [
    'SGLang, with the answer',
    400,
    {
      object: 'error',
      message: "Requested token count exceeds the model's maximum context length of 32768 tokens.",
      code: 400,
    },
  ],
  [
    'Anthropic',
    400,
    {
      type: 'error',
      error: { type: 'invalid_request_error', message: 'prompt is too long: 210000 tokens > 200000 maximum' },
    },
  ],
  [
    'Anthropic, with the answer',
    400,
    {
      type: 'error',
      error: {
        type: 'invalid_request_error',
        message: 'input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000',
      },
    },
  ],
  [
    'Anthropic, bytes',
    413,
    { type: 'error', error: { type: 'request_too_large', message: 'Request exceeds the maximum size' } },
  ],
  ['z.ai', 400, { error: { code: '1261', message: 'Prompt exceeds max length' } }],
  [
    'OpenRouter',
    400,
    {
      error: {
        code: 400,
        message:
          "This endpoint's maximum context length is 131072 tokens. However, you requested about 140000 tokens.",
      },
    },
  ],
  [
    'Together',
    403,
    {
      error: {
        message:
          'Input token count + max_tokens parameter must be less than the context length of the model being queried.',
      },
    },
  ],
  [
    'Ollama',
    400,
    { error: { message: 'the input length exceeds the context length', type: 'invalid_request_error' } },
  ],
  [
    'llama.cpp',
    400,
    {
      error: {
        code: 400,
        message: 'the request exceeds the available context size, try increasing it',
        type: 'exceed_context_size_error',
      },
    },
  ],
  [
    'llama.cpp, older',
    500,
    { error: { code: 500, message: 'the request exceeds the available context size', type: 'server_error' } },
  ],
];

const refusals: [string, number, unknown, string][] = [
  ['OpenAI key', 401, { error: { message: 'Incorrect API key provided', code: 'invalid_api_key' } }, 'key'],
  [
    'OpenAI quota',
    429,
    {
      error: {
        message: 'You exceeded your current quota, please check your plan and billing details.',
        type: 'insufficient_quota',
        code: 'insufficient_quota',
      },
    },
    'credit',
  ],
  [
    'OpenAI model',
    404,
    {
      error: {
        message: 'The model `gpt-9` does not exist or you do not have access to it.',
        code: 'model_not_found',
      },
    },
    'model',
  ],
  [
    'vLLM model',
    404,
    { object: 'error', message: 'The model `x` does not exist.', type: 'NotFoundError', code: 404 },
    'model',
  ],
  [
    'Ollama model',
    404,
    { error: { message: 'model "x" not found, try pulling it first', type: 'api_error' } },
    'model',
  ],
  ['OpenRouter model', 400, { error: { code: 400, message: 'x/y is not a valid model ID' } }, 'model'],
  [
    'OpenRouter credit',
    402,
    { error: { code: 402, message: 'This request requires more credits' } },
    'credit',
  ],
  [
    'Anthropic key',
    401,
    { type: 'error', error: { type: 'authentication_error', message: 'invalid x-api-key' } },
    'key',
  ],
  [
    'Anthropic credit',
    400,
    {
      type: 'error',
      error: {
        type: 'invalid_request_error',
        message: 'Your credit balance is too low to access the Anthropic API.',
      },
    },
    'credit',
  ],
  [
    'Anthropic model',
    404,
    { type: 'error', error: { type: 'not_found_error', message: 'model: claude-9' } },
    'model',
  ],
  [
    'z.ai credit',
    429,
    { error: { code: '1113', message: 'Insufficient balance or no resource package. Please recharge.' } },
    'credit',
  ],
  [
    'z.ai model',
    400,
    { error: { code: '1211', message: 'Unknown Model, please check the model code.' } },
    'model',
  ],
  [
    'DeepSeek credit',
    402,
    { error: { message: 'Insufficient Balance', type: 'unknown_error', code: 'invalid_request_error' } },
    'credit',
  ],
  ['a wrong path', 404, { detail: 'Not Found' }, 'address'],
  ['a country', 403, { error: { message: 'Country, region, or territory not supported' } }, 'key'],
];

const others: [string, number, unknown, string][] = [
  [
    'OpenAI rate limit',
    429,
    { error: { message: 'Rate limit reached for requests', code: 'rate_limit_exceeded' } },
    'busy',
  ],
  [
    'OpenAI rate limit that names tokens',
    429,
    {
      error: {
        message:
          'Request too large for gpt-4 on tokens per min (TPM): Limit 30000, Requested 40000. The input or output tokens must be reduced.',
      },
    },
    'busy',
  ],
  [
    'z.ai concurrency',
    429,
    { error: { code: '1302', message: 'High concurrency usage of this API' } },
    'busy',
  ],
  [
    'Anthropic overload',
    529,
    { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } },
    'busy',
  ],
  [
    'Anthropic overload inside a stream',
    500,
    { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } },
    'busy',
  ],
  [
    'a server error',
    500,
    { error: { message: 'The server had an error while processing your request' } },
    'transient',
  ],
  ['a gateway', 503, undefined, 'transient'],
  ['a time-out', 408, undefined, 'transient'],
  ['a bad request', 400, { error: { message: "messages.1: 'tool_calls' is malformed" } }, 'rejected'],
  ['an unprocessable request', 422, { detail: 'field required' }, 'rejected'],
];

function faultFor(status: number, body: unknown) {
  return faultOf({ status, ...(serverError(body) ?? { codes: [], message: '' }) }, 'm');
}

describe('an error answer', () => {
  it.each(overflows)('of %s means that the history is too long', (_, status, body) => {
    expect(faultFor(status, body).kind).toBe('overflow');
  });

  it.each(refusals)('about %s stops the run', (_, status, body, refusal) => {
    expect(faultFor(status, body)).toMatchObject({ kind: 'refused', refusal });
  });

  it.each(others)('of %s', (_, status, body, kind) => {
    expect(faultFor(status, body).kind).toBe(kind);
  });
});
