import type { AssistantMessage, Message } from '../trajectory/index.ts';

/** A history in which the results of one turn's calls stand together, so that the model and the world alternate. */
export type Turn =
  | { readonly role: 'system'; readonly text: string }
  | { readonly role: 'user'; readonly text: string }
  | { readonly role: 'assistant'; readonly message: AssistantMessage }
  | { readonly role: 'tool'; readonly results: readonly string[] };

export function turns(messages: readonly Message[]): Turn[] {
  const found: Turn[] = [];
  for (const message of messages) {
    const last = found.at(-1);
    if (message.role === 'assistant') found.push({ role: 'assistant', message });
    else if (message.role !== 'tool') found.push({ role: message.role, text: message.content });
    else if (last?.role === 'tool')
      found.splice(-1, 1, { role: 'tool', results: [...last.results, message.content] });
    else found.push({ role: 'tool', results: [message.content] });
  }
  return found;
}
