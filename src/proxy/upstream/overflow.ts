/** What a server said of a request that does not fit its context; numbers are tokens. */
export interface Overflow {
  readonly limit?: number;
  /** The prompt alone; some versions only know that it is at least so much. */
  readonly prompt?: number;
}

const IS_OVERFLOW =
  /context (?:length|window|size)|maximum context|max_model_len|too many (?:input )?tokens|prompt is too long|longer than the model|max_(?:completion_)?tokens[^.]*too large/i;
const LIMIT = [
  /maximum context length (?:is|of) (\d+)/i,
  /context (?:length|window|size) (?:is |of )?\(?(\d+)/i,
  /max_model_len[^\d]{0,20}(\d+)/i,
  /> (\d+) maximum/i,
];
const PROMPT = [
  /\((\d+) in the messages/i,
  /prompt contains (?:at least )?(\d+)/i,
  /(\d+) tokens from the input/i,
  /request has (\d+) input tokens/i,
  /input \((\d+) tokens\)/i,
  /resulted in (\d+) tokens/i,
  /(\d+) input tokens/i,
  /too long: (\d+) tokens/i,
];

/** Reads the words in which vLLM, SGLang and OpenAI refuse a request that is too long. */
export function readOverflow(message: string): Overflow | undefined {
  if (!IS_OVERFLOW.test(message)) return undefined;
  const limit = first(message, LIMIT);
  const prompt = first(message, PROMPT);
  return { ...(limit === undefined ? {} : { limit }), ...(prompt === undefined ? {} : { prompt }) };
}

function first(message: string, patterns: readonly RegExp[]): number | undefined {
  for (const pattern of patterns) {
    const found = pattern.exec(message)?.[1];
    if (found !== undefined) return Number(found);
  }
  return undefined;
}

/** Tokens below which an answer is not worth asking for. */
const SHORTEST_ANSWER = 256;
const MARGIN = 16;

/** How long the answer may be so that the request fits, or undefined where it cannot. */
export function shorterAnswer({ limit, prompt }: Overflow, asked: number | undefined): number | undefined {
  const room = limit !== undefined && prompt !== undefined ? limit - prompt - MARGIN : undefined;
  const half = asked === undefined ? undefined : Math.floor(asked / 2);
  // Where the prompt is only known to be at least so long, the same room would be refused again.
  const next = room === undefined || (asked !== undefined && room >= asked) ? half : room;
  return next !== undefined && next >= SHORTEST_ANSWER ? next : undefined;
}
