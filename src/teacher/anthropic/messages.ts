import type {
  AssistantMessage,
  Message,
  ToolCall,
  ToolDefinition,
  ToolMessage,
} from '../../trajectory/index.ts';
import { argumentsObject, argumentsSent, nameSent, paired } from '../history.ts';
import { layoutOf } from './blocks.ts';

interface Block {
  readonly type: string;
  readonly [field: string]: unknown;
}

interface Turn {
  readonly role: 'user' | 'assistant';
  readonly content: readonly Block[];
}

/** The API turns away empty text; a user message that has none says so. */
const EMPTY = '(empty)';
const CACHED = { cache_control: { type: 'ephemeral' } };
/** User turns that carry a mark. */
const MARKS = 2;

/**
 * The history as the Messages API takes it. Apart from the two marks a turn's form depends on nothing that comes
 * after it. The marks stand on the last two user turns: the newer one has the prompt up to there put into the cache,
 * the older one stands exactly where the last request had its newer one and reads what that has put there. Marks are
 * no part of what the cache compares, so that moving them loses nothing.
 */
export function messagesBody(messages: readonly Message[]): {
  system?: readonly object[];
  messages: readonly object[];
} {
  const start = messages.findIndex((message) => message.role !== 'system');
  const leading = start < 0 ? messages : messages.slice(0, start);
  const turns = marked(turnsOf(messages.slice(leading.length)));
  const system = leading.flatMap(({ content }) => said(content));
  return system.length === 0 ? { messages: turns } : { system: lastMarked(system), messages: turns };
}

function turnsOf(messages: readonly Message[]): Turn[] {
  const turns: Turn[] = [];
  let results: Block[] | undefined;
  for (const message of paired(messages)) {
    if (message.role === 'tool') {
      // The API demands the results of one answer together in one turn.
      if (results === undefined) {
        results = [];
        turns.push({ role: 'user', content: results });
      }
      results.push(result(message));
      continue;
    }
    results = undefined;
    if (message.role !== 'assistant') {
      turns.push({ role: 'user', content: [text(isBlank(message.content) ? EMPTY : message.content)] });
      continue;
    }
    const content = assistantBlocks(message);
    // An answer with nothing in it, or with reasoning alone, cannot be sent back.
    if (content.some((block) => block.type !== 'thinking' && block.type !== 'redacted_thinking')) {
      turns.push({ role: 'assistant', content });
    }
  }
  return turns;
}

function assistantBlocks(message: AssistantMessage): Block[] {
  const calls = message.toolCalls ?? [];
  const layout = layoutOf(message);
  if (layout === undefined) return [...said(message.content), ...calls.map(call)];
  const blocks: Block[] = [];
  let offset = 0;
  let position = 0;
  for (const block of layout) {
    if (block.type === 'text') {
      blocks.push(...said(message.content.slice(offset, offset + block.length)));
      offset += block.length;
    } else if (block.type === 'tool_use') {
      blocks.push(...calls.slice(position, position + 1).map(call));
      position += 1;
    } else if (block.type === 'redacted_thinking' || block.signature !== '') {
      blocks.push(block);
    }
  }
  return blocks;
}

function said(content: string): Block[] {
  return isBlank(content) ? [] : [text(content)];
}

function text(content: string): Block {
  return { type: 'text', text: content.toWellFormed() };
}

function call(toolCall: ToolCall): Block {
  const input = argumentsObject(argumentsSent(toolCall)) ?? {};
  return { type: 'tool_use', id: idSent(toolCall.id), name: nameSent(toolCall.name), input };
}

function result({ toolCallId, content }: ToolMessage): Block {
  const block = { type: 'tool_result', tool_use_id: idSent(toolCallId) };
  return isBlank(content) ? block : { ...block, content: content.toWellFormed() };
}

/** Other servers' ids (`functions.bash:0`) hold characters that this API refuses. */
function idSent(id: string): string {
  return id.replace(/[^a-zA-Z0-9_-]/g, '_') || 'unnamed';
}

function isBlank(content: string): boolean {
  return content.trim() === '';
}

function marked(turns: readonly Turn[]): Turn[] {
  const chosen = new Set(turns.filter(({ role }) => role === 'user').slice(-MARKS));
  return turns.map((turn) => (chosen.has(turn) ? { ...turn, content: lastMarked(turn.content) } : turn));
}

function lastMarked(blocks: readonly Block[]): Block[] {
  const last = blocks.at(-1);
  return last === undefined ? [] : [...blocks.slice(0, -1), { ...last, ...CACHED }];
}

export function messagesTools(tools: readonly ToolDefinition[]): object[] {
  return tools.map(({ name, description, parameters }) => ({ name, description, input_schema: parameters }));
}
