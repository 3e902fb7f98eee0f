import type { AssistantMessage, ToolCall } from '../trajectory/index.ts';
import { dumps } from './python/dumps.ts';
import { loads } from './python/loads.ts';
import { isPythonDict, type PythonValue } from './python/value.ts';

/**
 * The arguments of a call: an object; or, where the model wrote anything else, the text that it wrote. Such a turn
 * was answered by an error message, so it stays where it is, as a JSON string that every trainer can read, and is
 * not trained on.
 */
export function callArguments(call: ToolCall): ReadonlyMap<string, PythonValue> | string {
  const value = loads(call.arguments);
  return value !== undefined && isPythonDict(value) ? value : call.arguments;
}

/** `{"name": …, "arguments": …}` as Python's `json.dumps` writes it. */
export function callText(call: ToolCall): string {
  return dumps(
    new Map<string, PythonValue>([
      ['name', call.name],
      ['arguments', callArguments(call)],
    ]),
  );
}

/** An answer that its source keeps out of training. */
export type Untrained = AssistantMessage & { readonly train: false };

/**
 * Whether a student should learn to write this message: not where arguments of a call are no JSON object, nor where
 * the source says that it should not.
 */
export function isTrainable(message: AssistantMessage | Untrained): boolean {
  if ('train' in message && !message.train) return false;
  return (message.toolCalls ?? []).every((call) => typeof callArguments(call) !== 'string');
}
