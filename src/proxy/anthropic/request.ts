import { z } from 'zod';
import type { AssistantTurn, ClientRequest, ClientResult, ClientTool, Part, Turn } from '../conversation.ts';
import { RepeatedBody } from '../repeated-body.ts';
import { wellFormed } from '../well-formed.ts';
import { openReasoning } from './reasoning.ts';

const Source = z.discriminatedUnion('type', [
  z.object({ type: z.literal('base64'), media_type: z.string(), data: z.string() }),
  z.object({ type: z.literal('url'), url: z.string() }),
]);
const Block = z.looseObject({ type: z.string() });
const Content = z.union([z.string(), z.array(Block)]);
const ToolUse = z.object({ id: z.string(), name: z.string(), input: z.record(z.string(), z.unknown()) });
const ToolResult = z.object({
  tool_use_id: z.string(),
  content: Content.nullish(),
  is_error: z.boolean().nullish(),
});
const Message = z.object({ role: z.enum(['user', 'assistant', 'system']), content: Content });

const MessagesRequest = z.object({
  model: z.string(),
  max_tokens: z.number().int().positive().optional(),
  system: Content.nullish(),
  messages: z.array(z.unknown()).min(1),
  stream: z.boolean().nullish(),
  temperature: z.number().nullish(),
  top_p: z.number().nullish(),
  stop_sequences: z.array(z.string()).nullish(),
  tool_choice: z.looseObject({ type: z.string(), name: z.string().optional() }).nullish(),
  tools: z
    .array(
      z.looseObject({
        name: z.string(),
        description: z.string().nullish(),
        input_schema: z.record(z.string(), z.unknown()).nullish(),
      }),
    )
    .nullish(),
});
type MessagesRequest = z.infer<typeof MessagesRequest>;

/**
 * Reads a request of Anthropic's Messages API.
 *
 * @throws ProxyFault it is none
 */
export function readMessagesRequest(body: Buffer): ClientRequest {
  const { frame, values } = bodies.read(body);
  return { ...frame, turns: values.flat() };
}

const bodies = new RepeatedBody('messages', readFrame, (raw) =>
  turnsOf(wellFormed(Message, raw, 'A message')),
);

function readFrame(body: unknown): Omit<ClientRequest, 'turns'> {
  const asked = wellFormed(MessagesRequest, body);
  return {
    model: asked.model,
    // Claude Code's line of billing changes with every version and says nothing to a model.
    system: blocks(asked.system ?? [])
      .map(textOfBlock)
      .filter((text) => text !== '' && !text.startsWith('x-anthropic-billing-header'))
      .join('\n\n'),
    tools: (asked.tools ?? []).flatMap(toolOf),
    stream: asked.stream === true,
    sampling: samplingOf(asked),
  };
}

type Block = z.infer<typeof Block>;

function blocks(content: z.infer<typeof Content>): readonly Block[] {
  return typeof content === 'string' ? [{ type: 'text', text: content }] : content;
}

function textOfBlock(block: Block): string {
  return block.type === 'text' && typeof block.text === 'string' ? block.text : '';
}

/** Tools that Anthropic's own servers run have no schema: the model here cannot call them. */
function toolOf(tool: NonNullable<MessagesRequest['tools']>[number]): ClientTool[] {
  if (!tool.input_schema) return [];
  return [{ name: tool.name, description: tool.description ?? '', parameters: tool.input_schema }];
}

function samplingOf(asked: Omit<MessagesRequest, 'messages'>): ClientRequest['sampling'] {
  const choice = asked.tool_choice;
  return {
    ...(asked.max_tokens === undefined ? {} : { maxTokens: asked.max_tokens }),
    ...(asked.temperature == null ? {} : { temperature: asked.temperature }),
    ...(asked.top_p == null ? {} : { topP: asked.top_p }),
    ...(asked.stop_sequences?.length ? { stop: asked.stop_sequences } : {}),
    ...(choice ? { toolChoice: toolChoice(choice) } : {}),
  };
}

function toolChoice(choice: { readonly type: string; readonly name?: string | undefined }): unknown {
  if (choice.type === 'tool') return { type: 'function', function: { name: choice.name } };
  return choice.type === 'any' ? 'required' : choice.type;
}

function turnsOf({ role, content }: z.infer<typeof Message>): Turn[] {
  if (role === 'assistant') return [assistantTurn(blocks(content))];
  if (role === 'system') return [{ type: 'system', text: blocks(content).map(textOfBlock).join('\n\n') }];
  const results: ClientResult[] = [];
  const parts: Part[] = [];
  for (const block of blocks(content)) {
    const result = block.type === 'tool_result' ? ToolResult.safeParse(block).data : undefined;
    if (result) {
      const inside = blocks(result.content ?? []).flatMap(partOf);
      results.push({ callId: result.tool_use_id, parts: inside, failed: result.is_error === true });
    } else parts.push(...partOf(block));
  }
  return [
    ...(results.length > 0 ? [{ type: 'results', results } as const] : []),
    ...(parts.length > 0 ? [{ type: 'user', parts } as const] : []),
  ];
}

function partOf(block: Block): Part[] {
  if (block.type === 'image') {
    const source = Source.safeParse(block.source).data;
    if (!source) return [];
    const url = source.type === 'url' ? source.url : `data:${source.media_type};base64,${source.data}`;
    return [{ type: 'image', url }];
  }
  if (block.type === 'document') return documentPart(block);
  const text = textOfBlock(block);
  return text === '' ? [] : [{ type: 'text', text }];
}

const PlainDocument = z.object({ source: z.object({ type: z.literal('text'), data: z.string() }) });

function documentPart(block: Block): Part[] {
  const plain = PlainDocument.safeParse(block).data;
  return [{ type: 'text', text: plain?.source.data ?? '[a document that only its reader can show]' }];
}

function assistantTurn(content: readonly Block[]): AssistantTurn {
  const reasoning = openReasoning(content);
  const calls = content.flatMap((block) => {
    const call = block.type === 'tool_use' ? ToolUse.safeParse(block).data : undefined;
    return call ? [call] : [];
  });
  const text = content.map(textOfBlock).join('');
  return { type: 'assistant', ...(reasoning ? { reasoning } : {}), text, calls };
}
