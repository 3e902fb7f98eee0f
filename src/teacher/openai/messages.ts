import type { AssistantMessage, Message, ToolDefinition } from '../../trajectory/index.ts';
import { argumentsSent, nameSent, paired } from '../history.ts';

/** What an assistant message keeps for the endpoint that wrote it. */
export interface OpenAIData {
  /** The field in which the endpoint gave its reasoning, and in which it takes it back. */
  readonly reasoningField: 'reasoning_content' | 'reasoning';
  /** OpenRouter's signed or encrypted reasoning blocks. */
  readonly reasoningDetails?: readonly unknown[];
}

/** The history as chat-completion messages. A message's form depends on nothing that comes after it. */
export function chatMessages(messages: readonly Message[]): object[] {
  return paired(messages).map((message) => {
    const content = message.content.toWellFormed();
    switch (message.role) {
      case 'assistant':
        return assistant(message, content);
      case 'tool':
        return { role: 'tool', tool_call_id: message.toolCallId, content };
      default:
        return { role: message.role, content };
    }
  });
}

function assistant(message: AssistantMessage, content: string): object {
  const calls = message.toolCalls ?? [];
  if (calls.length === 0) return { role: 'assistant', content, ...reasoning(message) };
  return {
    role: 'assistant',
    content: content === '' ? null : content,
    ...reasoning(message),
    tool_calls: calls.map((call) => ({
      id: call.id,
      type: 'function',
      function: { name: nameSent(call.name), arguments: argumentsSent(call).toWellFormed() },
    })),
  };
}

/**
 * Reasoning goes back only in the field it came in: an endpoint that never wrote the field may refuse it (Groq,
 * OpenAI), one that did wants it (z.ai, DeepSeek, vLLM, OpenRouter).
 */
function reasoning(message: AssistantMessage): object {
  const data = openAIData(message.providerData);
  if (data === undefined) return {};
  if (data.reasoningDetails !== undefined) return { reasoning_details: data.reasoningDetails };
  return message.reasoning === undefined ? {} : { [data.reasoningField]: message.reasoning.toWellFormed() };
}

function openAIData(data: AssistantMessage['providerData']): OpenAIData | undefined {
  const field = data?.reasoningField;
  if (field !== 'reasoning_content' && field !== 'reasoning') return undefined;
  const details = data?.reasoningDetails;
  return { reasoningField: field, ...(Array.isArray(details) ? { reasoningDetails: details } : {}) };
}

export function chatTools(tools: readonly ToolDefinition[]): object[] {
  return tools.map(({ name, description, parameters }) => ({
    type: 'function',
    function: { name, description, parameters },
  }));
}
