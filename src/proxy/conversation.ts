/**
 * A client's request, whatever protocol it came in: the history as the client knows it, with its own tools and its
 * own paths. Everything that the proxy does is derived from one of these.
 */
export interface ClientRequest {
  readonly model: string;
  /** The client's own instructions. */
  readonly system: string;
  readonly turns: readonly Turn[];
  readonly tools: readonly ClientTool[];
  readonly stream: boolean;
  /** Whether a streamed answer ends with its usage, where the protocol leaves that to the client. */
  readonly includeUsage?: boolean;
  readonly sampling: Sampling;
}

export interface Sampling {
  readonly maxTokens?: number;
  readonly temperature?: number;
  readonly topP?: number;
  readonly stop?: readonly string[];
  /** In OpenAI's form: `auto`, `none`, `required` or an object that names a function. */
  readonly toolChoice?: unknown;
}

export interface ClientTool {
  readonly name: string;
  readonly description: string;
  /** JSON Schema of an object. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** How the client is called where that is no function's way: with a text of any form, or an argument vector. */
  readonly form?: 'text' | 'vector';
  /** What the client groups the tool under, and wants to be told with a call. */
  readonly namespace?: string;
}

export type Turn = UserTurn | AssistantTurn | ResultsTurn | SystemTurn;

export interface UserTurn {
  readonly type: 'user';
  readonly parts: readonly Part[];
}

export interface AssistantTurn {
  readonly type: 'assistant';
  readonly reasoning?: Reasoning;
  readonly text: string;
  readonly calls: readonly ClientCall[];
}

export interface ResultsTurn {
  readonly type: 'results';
  readonly results: readonly ClientResult[];
}

/** Instructions between the turns. */
export interface SystemTurn {
  readonly type: 'system';
  readonly text: string;
}

export type Part =
  | { readonly type: 'text'; readonly text: string }
  /** `data:` or `https:`. */
  | { readonly type: 'image'; readonly url: string };

export interface Reasoning {
  readonly text: string;
  readonly field: ReasoningField;
}

/** Where a model's server gives its reasoning, and takes it back: `think` is a tag in the text. */
export const REASONING_FIELDS = ['reasoning_content', 'reasoning', 'think'] as const;
export type ReasoningField = (typeof REASONING_FIELDS)[number];

export interface ClientCall {
  readonly id: string;
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
}

export interface ClientResult {
  readonly callId: string;
  readonly parts: readonly Part[];
  readonly failed: boolean;
}

/** The text of parts; images say nothing. */
export function textOf(parts: readonly Part[], between = '\n'): string {
  return parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join(between);
}

/** A history whose results come one by one: those between two answers are one turn. */
export function addResult(turns: Turn[], result: ClientResult): void {
  const last = turns.at(-1);
  if (last?.type === 'results') turns[turns.length - 1] = { ...last, results: [...last.results, result] };
  else turns.push({ type: 'results', results: [result] });
}

export function imagesOf(parts: readonly Part[]): Extract<Part, { type: 'image' }>[] {
  return parts.filter((part) => part.type === 'image');
}
