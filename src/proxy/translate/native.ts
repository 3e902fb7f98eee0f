import { type ClientRequest, imagesOf, textOf } from '../conversation.ts';
import type { ChatMessage } from '../upstream/chat.ts';
import { readArguments } from './arguments.ts';
import { baseOf } from './call-id.ts';
import { assistantMessage, chatCall, chatTool, resultMessages, userMessage } from './chat-messages.ts';
import type { Dialogue } from './dialogue.ts';
import { type Item, readHistory } from './history.ts';
import { resultText } from './model-tools.ts';

/** A model that knows the client's own tools: nothing is translated but the protocol. */
export function nativeDialogue(request: ClientRequest): Dialogue {
  const messages: ChatMessage[] =
    request.system === '' ? [] : [{ role: 'system', content: request.system.toWellFormed() }];
  for (const { item } of readHistory(request.turns, 0)) messages.push(...itemMessages(item));
  const names = new Set(request.tools.map(({ name }) => name));
  const place = messages.length;
  return {
    messages,
    tools: request.sampling.toolChoice === 'none' ? [] : request.tools.map(chatTool),
    pending: [],
    closing: undefined,
    textToClient: undefined,
    async act({ id, name, arguments: text }, position) {
      if (!names.has(name)) return { type: 'refused', text: `There is no tool \`${name}\`.` };
      const input = readArguments(text);
      if (!input) return { type: 'refused', text: `The arguments of \`${name}\` are not a JSON object.` };
      return { type: 'call', call: { id: id || baseOf(text, place, position), name, input } };
    },
  };
}

function itemMessages(item: Item): ChatMessage[] {
  switch (item.type) {
    case 'system':
      return [{ role: 'system', content: item.text.toWellFormed() }];
    case 'user':
      return [userMessage(textOf(item.parts), imagesOf(item.parts))];
    case 'assistant': {
      const steps = item.works.flatMap(({ steps }) => steps);
      const calls = steps.map(({ call }) => chatCall(call.id, call.name, call.input));
      const results = steps.map((step) =>
        resultMessages(step.call.id, resultText(step), step.result?.parts ?? []),
      );
      return [
        assistantMessage(item.turn, calls),
        ...results.map(([result]) => result),
        ...results.flatMap(([, images]) => images),
      ];
    }
  }
}
