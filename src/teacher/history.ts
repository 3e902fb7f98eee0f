import type { Message, ToolCall } from '../trajectory/index.ts';
import { isRecord, parsed } from './foreign-text.ts';

/** What an API is told about a call that has no observation: both protocols demand a result for every call. */
const NOT_EXECUTED = 'This call was not executed.';

/**
 * The history as both protocols accept it: every tool call has its result before anything else is said, and every
 * result has its call. What stands at a position depends only on what stands before it, so the history still
 * only grows.
 */
export function paired(messages: readonly Message[]): Message[] {
  const result: Message[] = [];
  let open: string[] = [];
  const settle = () => {
    for (const toolCallId of open) result.push({ role: 'tool', toolCallId, content: NOT_EXECUTED });
    open = [];
  };
  for (const message of messages) {
    const at = message.role === 'tool' ? open.indexOf(message.toolCallId) : -1;
    if (at >= 0) {
      open.splice(at, 1);
      result.push(message);
      continue;
    }
    settle();
    result.push(message.role === 'tool' ? { role: 'user', content: message.content } : message);
    if (message.role === 'assistant') open = (message.toolCalls ?? []).map((call) => call.id);
  }
  settle();
  return result;
}

/**
 * A call's arguments as they go back: the model's own bytes where they are a JSON object. Servers parse what they
 * are sent (vLLM, SGLang, Ollama for their templates; Anthropic by its schema) and turn away the whole history for
 * one call that does not parse, so other text goes back inside an object.
 */
export function argumentsSent(call: ToolCall): string {
  if (call.arguments.trim() === '') return '{}';
  return argumentsObject(call.arguments) === undefined
    ? JSON.stringify({ invalid: call.arguments })
    : call.arguments;
}

/** The object that a call's arguments are; undefined where they are none. */
export function argumentsObject(text: string): Readonly<Record<string, unknown>> | undefined {
  const value = parsed(text);
  return isRecord(value) ? value : undefined;
}

/** Both APIs accept letters, digits, `_` and `-` in a tool's name, 64 of them; a model may write anything. */
export function nameSent(name: string): string {
  return name.replace(/[^a-zA-Z0-9_-]/g, '_').slice(0, 64) || 'unnamed';
}
