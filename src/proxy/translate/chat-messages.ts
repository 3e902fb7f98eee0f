import {
  type AssistantTurn,
  type ClientTool,
  imagesOf,
  type Part,
  type Reasoning,
  textOf,
} from '../conversation.ts';
import type { ChatAssistant, ChatCall, ChatMessage, ChatPart, ChatTool } from '../upstream/chat.ts';

export function chatTool({ name, description, parameters }: ClientTool): ChatTool {
  return { type: 'function', function: { name, description, parameters } };
}

export function userMessage(text: string, parts: readonly Part[]): ChatMessage {
  const images = imagesOf(parts).map(({ url }): ChatPart => ({ type: 'image_url', image_url: { url } }));
  if (images.length === 0) return { role: 'user', content: text.toWellFormed() };
  return {
    role: 'user',
    content: [...(text === '' ? [] : [{ type: 'text', text: text.toWellFormed() } as const]), ...images],
  };
}

/** Reasoning goes back in the field that it came in; a server that left it in the text gets it back there. */
export function assistantMessage(
  { reasoning, text }: Pick<AssistantTurn, 'reasoning' | 'text'>,
  calls: readonly ChatCall[],
): ChatAssistant {
  const content = (thought(reasoning) + text).toWellFormed();
  const field =
    reasoning && reasoning.field !== 'think' ? { [reasoning.field]: reasoning.text.toWellFormed() } : {};
  if (calls.length === 0) return { role: 'assistant', content, ...field };
  return { role: 'assistant', content: content === '' ? null : content, ...field, tool_calls: calls };
}

function thought(reasoning: Reasoning | undefined): string {
  return reasoning?.field === 'think' ? `<think>${reasoning.text}</think>\n\n` : '';
}

export function chatCall(id: string, name: string, given: object): ChatCall {
  return {
    id,
    type: 'function',
    function: { name: sendable(name), arguments: JSON.stringify(given).toWellFormed() },
  };
}

/** A name as servers take it, whatever a model wrote. */
function sendable(name: string): string {
  return name.replace(/[^a-zA-Z0-9_-]/g, '_').slice(0, 64) || 'unknown';
}

/** Results are texts to every server: their images follow in a message of the user's. */
export function resultMessages(
  id: string,
  content: string,
  parts: readonly Part[],
): readonly [ChatMessage, ChatMessage[]] {
  const images = imagesOf(parts);
  const result: ChatMessage = { role: 'tool', tool_call_id: id, content: content.toWellFormed() };
  return [result, images.length === 0 ? [] : [userMessage('', images)]];
}

export function isEmpty(parts: readonly Part[]): boolean {
  return imagesOf(parts).length === 0 && textOf(parts).trim() === '';
}
