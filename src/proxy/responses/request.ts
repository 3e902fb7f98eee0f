import { z } from 'zod';
import { type AssistantTurn, addResult, type ClientRequest, type Turn } from '../conversation.ts';
import { ProxyFault } from '../fault.ts';
import { RepeatedBody } from '../repeated-body.ts';
import { wellFormed } from '../well-formed.ts';
import { callOf, contentText, isCallItem, isOutputItem, outputOf, partsOf, reasoningOf } from './items.ts';
import { readTools } from './tools.ts';

const Item = z.looseObject({ type: z.string().optional(), role: z.string().optional() });
type Item = z.infer<typeof Item>;

const ResponsesRequest = z.object({
  model: z.string(),
  input: z.union([z.string(), z.array(z.unknown()).min(1)]),
  instructions: z.string().nullish(),
  stream: z.boolean().nullish(),
  background: z.boolean().nullish(),
  previous_response_id: z.string().nullish(),
  conversation: z.unknown().optional(),
  include: z.array(z.string()).nullish(),
  max_output_tokens: z.number().int().positive().nullish(),
  temperature: z.number().nullish(),
  top_p: z.number().nullish(),
  tool_choice: z.unknown().optional(),
  tools: z.array(z.looseObject({ type: z.string() })).nullish(),
});
type ResponsesRequest = z.infer<typeof ResponsesRequest>;

/**
 * Reads a request of OpenAI's Responses.
 *
 * @throws ProxyFault it is none, or wants what only a server that stores answers can do
 */
export function readResponsesRequest(body: Buffer): ClientRequest {
  const { frame, values } = bodies.read(body);
  const items = frame.text === undefined ? values : [{ role: 'user', content: frame.text }];
  const first = items.findIndex((item) => !isInstruction(item));
  const rest = first === -1 ? [] : items.slice(first);
  const instructions = items.slice(0, items.length - rest.length).map((item) => contentText(item.content));
  return {
    ...frame.asked,
    system: [frame.instructions, ...instructions].filter((text) => text !== '').join('\n\n'),
    turns: turnsOf(rest),
  };
}

interface Frame {
  readonly asked: Omit<ClientRequest, 'system' | 'turns'>;
  readonly instructions: string;
  /** What the user says, where the input is no list. */
  readonly text: string | undefined;
}

const bodies = new RepeatedBody('input', readFrame, readItem);

function readFrame(body: unknown): Frame {
  const asked = wellFormed(ResponsesRequest, body);
  refuseStored(asked);
  return {
    asked: {
      model: asked.model,
      tools: readTools(asked.tools ?? []),
      stream: asked.stream === true,
      sampling: samplingOf(asked),
    },
    instructions: asked.instructions ?? '',
    text: typeof asked.input === 'string' ? asked.input : undefined,
  };
}

function readItem(raw: unknown): Item {
  const item = wellFormed(Item, raw, 'An item of the input');
  if (item.type === 'item_reference') throw needsStore('item_reference');
  return item;
}

/** Nothing is kept between requests: whoever means an earlier answer has to send it. */
function refuseStored({ previous_response_id, conversation, background }: ResponsesRequest): void {
  if (previous_response_id != null) throw needsStore('previous_response_id');
  if (conversation != null) throw needsStore('conversation');
  if (background === true) throw needsStore('background');
}

function needsStore(wanted: string): ProxyFault {
  return new ProxyFault(
    'invalid',
    `\`${wanted}\` needs a server that stores answers; this one keeps nothing: send the whole history in \`input\`.`,
  );
}

function isInstruction({ type = 'message', role }: Item): boolean {
  return type === 'additional_tools' || (type === 'message' && (role === 'system' || role === 'developer'));
}

function samplingOf(asked: ResponsesRequest): ClientRequest['sampling'] {
  return {
    ...(asked.max_output_tokens == null ? {} : { maxTokens: asked.max_output_tokens }),
    ...(asked.temperature == null ? {} : { temperature: asked.temperature }),
    ...(asked.top_p == null ? {} : { topP: asked.top_p }),
    ...(asked.tool_choice == null ? {} : { toolChoice: toolChoice(asked.tool_choice) }),
  };
}

const NamedTool = z.object({ type: z.enum(['function', 'custom']), name: z.string() });

function toolChoice(choice: unknown): unknown {
  if (typeof choice === 'string') return choice;
  const named = NamedTool.safeParse(choice).data;
  return named ? { type: 'function', function: { name: named.name } } : 'auto';
}

/** What one side says before the other does is one turn, in however many items it comes. */
function turnsOf(items: readonly Item[]): Turn[] {
  const turns: Turn[] = [];
  for (const item of items) {
    const last = turns.at(-1);
    const { type = 'message', role } = item;
    if (isInstruction(item)) turns.push({ type: 'system', text: contentText(item.content) });
    else if (isOutputItem(type)) {
      const result = outputOf(item);
      if (result) addResult(turns, result);
    } else if (type === 'message' && role !== 'assistant') {
      const parts = partsOf(item.content);
      if (last?.type === 'user') turns[turns.length - 1] = { ...last, parts: [...last.parts, ...parts] };
      else if (parts.length > 0) turns.push({ type: 'user', parts });
    } else {
      const said = saidBy(item, type);
      if (!said) continue;
      if (last?.type === 'assistant') turns[turns.length - 1] = joined(last, said);
      else turns.push(said);
    }
  }
  return turns;
}

function saidBy(item: Item, type: string): AssistantTurn | undefined {
  if (type === 'message') return { type: 'assistant', text: contentText(item.content), calls: [] };
  if (type === 'reasoning') {
    const reasoning = reasoningOf(item);
    return reasoning && { type: 'assistant', reasoning, text: '', calls: [] };
  }
  const call = isCallItem(type) ? callOf(item, type) : undefined;
  return call && { type: 'assistant', text: '', calls: [call] };
}

function joined(a: AssistantTurn, b: AssistantTurn): AssistantTurn {
  const first = a.reasoning ?? b.reasoning;
  const reasoning = first && { ...first, text: (a.reasoning?.text ?? '') + (b.reasoning?.text ?? '') };
  return {
    type: 'assistant',
    ...(reasoning ? { reasoning } : {}),
    text: [a.text, b.text].filter((text) => text !== '').join('\n\n'),
    calls: [...a.calls, ...b.calls],
  };
}
