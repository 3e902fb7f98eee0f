import { z } from 'zod';
import { type ClientCall, type ClientResult, type Part, type Reasoning, textOf } from '../conversation.ts';
import { unpackReasoning } from '../kept-reasoning.ts';
import { readArguments } from '../translate/arguments.ts';

/** The items of a Responses history in which calls and their outputs stand. */
const CALLS = ['function_call', 'custom_tool_call', 'local_shell_call'] as const;
const OUTPUTS = ['function_call_output', 'custom_tool_call_output', 'local_shell_call_output'] as const;

export type CallItem = (typeof CALLS)[number];

export function isCallItem(type: string): type is CallItem {
  return CALLS.some((one) => one === type);
}

export function isOutputItem(type: string): boolean {
  return OUTPUTS.some((one) => one === type);
}

type Fields = Readonly<Record<string, unknown>>;

const FunctionCall = z.object({ call_id: z.string(), name: z.string(), arguments: z.string().nullish() });
const CustomCall = z.object({ call_id: z.string(), name: z.string(), input: z.string().nullish() });
const ShellCall = z.object({ call_id: z.string(), action: z.record(z.string(), z.unknown()) });

/** Undefined where it lacks what a call has. */
export function callOf(item: Fields, type: CallItem): ClientCall | undefined {
  if (type === 'function_call') {
    const call = FunctionCall.safeParse(item).data;
    return call && { id: call.call_id, name: call.name, input: readArguments(call.arguments ?? '') ?? {} };
  }
  if (type === 'custom_tool_call') {
    const call = CustomCall.safeParse(item).data;
    return call && { id: call.call_id, name: call.name, input: { input: call.input ?? '' } };
  }
  const call = ShellCall.safeParse(item).data;
  return call && { id: call.call_id, name: 'local_shell', input: call.action };
}

const Output = z.object({ call_id: z.string(), output: z.unknown() });

export function outputOf(item: Fields): ClientResult | undefined {
  const result = Output.safeParse(item).data;
  return result && { callId: result.call_id, parts: partsOf(result.output), failed: false };
}

const TextPart = z.object({ text: z.string() });
const RefusalPart = z.object({ refusal: z.string() });
const ImagePart = z.object({ type: z.literal('input_image'), image_url: z.string() });

export function partsOf(content: unknown): Part[] {
  if (typeof content === 'string') return content === '' ? [] : [{ type: 'text', text: content }];
  if (!Array.isArray(content)) return [];
  return content.flatMap((part): Part[] => {
    const image = ImagePart.safeParse(part).data;
    if (image) return [{ type: 'image', url: image.image_url }];
    const text = TextPart.safeParse(part).data?.text ?? RefusalPart.safeParse(part).data?.refusal ?? '';
    return text === '' ? [] : [{ type: 'text', text }];
  });
}

export function contentText(content: unknown): string {
  return textOf(partsOf(content), '');
}

const ReasoningItem = z.object({
  encrypted_content: z.string().nullish(),
  summary: z.array(TextPart).nullish(),
  content: z.array(TextPart).nullish(),
});

/** What the proxy packed, else what the client shows of it; what another model has encrypted is left out. */
export function reasoningOf(item: Fields): Reasoning | undefined {
  const { encrypted_content, summary, content } = ReasoningItem.safeParse(item).data ?? {};
  const kept = unpackReasoning(encrypted_content ?? '');
  if (kept) return kept;
  const shown = content?.length ? content : (summary ?? []);
  const text = shown.map((part) => part.text).join('\n\n');
  return text === '' ? undefined : { text, field: 'reasoning_content' };
}
