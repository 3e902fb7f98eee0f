import type { AssistantMessage, FinishReason, ToolCall } from '../../trajectory/index.ts';
import type { TokenUsage } from '../provider.ts';
import type { Layout } from './blocks.ts';
import type { Block, BlockDelta, EventUsage, StreamEvent } from './event.ts';

type Piece =
  | { readonly type: 'text'; text: string }
  | { readonly type: 'thinking'; thinking: string; signature: string }
  | { readonly type: 'redacted_thinking'; readonly data: string }
  | { readonly type: 'tool_use'; readonly id: string; readonly name: string; arguments: string };

/** Puts the events of a streamed Messages answer together, every byte of them. */
export class Accumulator {
  stopReason: string | undefined;
  readonly #pieces = new Map<number, Piece>();
  #usage: EventUsage | undefined;

  add(event: StreamEvent): void {
    switch (event.type) {
      case 'message_start':
        this.#usage = event.message.usage;
        return;
      case 'content_block_start':
        this.#pieces.set(event.index, piece(event.content_block));
        return;
      case 'content_block_delta':
        this.#extend(this.#pieces.get(event.index), event.delta);
        return;
      case 'message_delta':
        this.stopReason = event.delta.stop_reason ?? this.stopReason;
        this.#usage = { ...this.#usage, ...reported(event.usage) };
        return;
      case 'message':
        this.stopReason = event.stop_reason ?? 'end_turn';
        this.#usage = event.usage;
        for (const [index, block] of event.content.entries()) this.#pieces.set(index, piece(block));
    }
  }

  /** `input` counts the whole prompt; the API counts read, written and plain tokens apart. */
  get usage(): TokenUsage | undefined {
    if (this.#usage?.input_tokens == null) return undefined;
    const cached = this.#usage.cache_read_input_tokens ?? 0;
    const written = this.#usage.cache_creation_input_tokens ?? 0;
    const input = this.#usage.input_tokens + cached + written;
    return { input, cached, written, output: this.#usage.output_tokens ?? 0 };
  }

  message(): AssistantMessage {
    const pieces = [...this.#pieces.entries()].sort(([a], [b]) => a - b).map(([, one]) => one);
    const content = pieces.map((one) => (one.type === 'text' ? one.text : '')).join('');
    const reasoning = pieces.map((one) => (one.type === 'thinking' ? one.thinking : '')).join('');
    const toolCalls = pieces.flatMap((one): ToolCall[] =>
      one.type === 'tool_use' ? [{ id: one.id, name: one.name, arguments: one.arguments || '{}' }] : [],
    );
    const signed = pieces.some((one) => one.type === 'thinking' || one.type === 'redacted_thinking');
    return {
      role: 'assistant',
      content,
      ...(reasoning === '' ? {} : { reasoning }),
      ...(toolCalls.length === 0 ? {} : { toolCalls }),
      ...(signed ? { providerData: { blocks: pieces.map(layout) } } : {}),
    };
  }

  get finish(): FinishReason {
    switch (this.stopReason) {
      case 'end_turn':
      case 'stop_sequence':
        return 'stop';
      case 'tool_use':
        return 'tool_calls';
      case 'max_tokens':
        return 'length';
      case 'refusal':
        return 'content_filter';
      default:
        return 'other';
    }
  }

  #extend(open: Piece | undefined, delta: BlockDelta): void {
    if (delta.type === 'text_delta' && open?.type === 'text') open.text += delta.text;
    if (delta.type === 'thinking_delta' && open?.type === 'thinking') open.thinking += delta.thinking;
    if (delta.type === 'signature_delta' && open?.type === 'thinking') open.signature += delta.signature;
    if (delta.type === 'input_json_delta' && open?.type === 'tool_use') open.arguments += delta.partial_json;
  }
}

function piece(block: Block): Piece {
  if (block.type === 'thinking') return { ...block, signature: block.signature ?? '' };
  if (block.type !== 'tool_use') return { ...block };
  // A streamed call starts with an empty object; one that comes whole has its input here.
  const whole =
    typeof block.input === 'object' && block.input !== null && Object.keys(block.input).length > 0;
  return {
    type: 'tool_use',
    id: block.id,
    name: block.name,
    arguments: whole ? JSON.stringify(block.input) : '',
  };
}

function layout(one: Piece): Layout[number] {
  if (one.type === 'text') return { type: 'text', length: one.text.length };
  return one.type === 'tool_use' ? { type: 'tool_use' } : one;
}

/** The last event repeats some counts, and leaves out others or sends them as null. */
function reported(usage: EventUsage | null | undefined): Partial<EventUsage> {
  return Object.fromEntries(
    Object.entries(usage ?? {}).filter(([, count]) => count !== null && count !== undefined),
  );
}
