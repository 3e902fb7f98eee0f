import { Template } from '@huggingface/jinja';
import { TokenizerError } from '../errors.ts';

/** A message as chat templates know it. */
export interface TemplateMessage {
  readonly role: 'system' | 'user' | 'assistant' | 'tool';
  readonly content: string;
  readonly reasoning_content?: string;
  readonly tool_calls?: readonly {
    readonly function: { readonly name: string; readonly arguments: string };
  }[];
}

export interface Conversation {
  readonly messages: readonly TemplateMessage[];
  /** Each tool as JSON; only where they do not stand in the system message already. */
  readonly tools: readonly string[];
}

/**
 * Writes a conversation as the text that the student is trained on, in parts that can be counted apart: each begins
 * at a token of its own.
 */
export type ChatTemplate = (conversation: Conversation) => readonly string[];

/** The plainest of templates, as axolotl's `chatml`; tools stand in the system message. */
export const chatml: ChatTemplate = ({ messages }) =>
  messages.map(
    ({ role, content }) => `<|im_start|>${role === 'tool' ? 'user' : role}\n${content}<|im_end|>\n`,
  );

/**
 * Any template in Jinja, as `tokenizer_config.json` has it. It gives one part, and takes some ten times longer.
 *
 * @throws TokenizerError the text is no template
 */
export function jinjaTemplate(text: string, name: string): ChatTemplate {
  let template: Template;
  try {
    template = new Template(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new TokenizerError(`the chat template of ${name} cannot be read: ${why}`);
  }
  return ({ messages, tools }) => {
    const parsed = tools.map((tool): unknown => JSON.parse(tool));
    return [template.render({ messages, ...(parsed.length > 0 ? { tools: parsed } : {}) })];
  };
}

/** Qwen3's own template, which a test holds to the original in Jinja. */
export const qwen3: ChatTemplate = ({ messages, tools }) => {
  const found = messages.findLastIndex(isQuery);
  const lastQuery = found < 0 ? messages.length - 1 : found;
  const parts = messages.map((message, index) => {
    if (message.role === 'assistant') {
      return qwen3Answer(message, index > lastQuery, index === messages.length - 1);
    }
    if (message.role === 'tool') return toolResult(messages, index);
    if (message.role === 'system' && index === 0 && tools.length > 0) return '';
    return `<|im_start|>${message.role}\n${message.content}<|im_end|>\n`;
  });
  return tools.length > 0 ? [qwen3Tools(messages[0], tools), ...parts] : parts;
};

function isQuery({ role, content }: TemplateMessage): boolean {
  return role === 'user' && !(content.startsWith('<tool_response>') && content.endsWith('</tool_response>'));
}

function qwen3Answer(message: TemplateMessage, afterQuery: boolean, last: boolean): string {
  const { thought, content } = thoughtOf(message);
  const think = afterQuery && (last || thought !== '');
  const said = think ? `<think>\n${edges(thought)}\n</think>\n\n${content.replace(/^\n+/, '')}` : content;
  const calls = (message.tool_calls ?? []).map(({ function: { name, arguments: text } }, index) => {
    const line = index > 0 || content !== '' ? '\n' : '';
    return `${line}<tool_call>\n{"name": "${name}", "arguments": ${text}}\n</tool_call>`;
  });
  return `<|im_start|>assistant\n${said}${calls.join('')}<|im_end|>\n`;
}

function thoughtOf({ content, reasoning_content }: TemplateMessage): { thought: string; content: string } {
  if (reasoning_content !== undefined) return { thought: reasoning_content, content };
  const ends = content.split('</think>');
  if (ends.length === 1) return { thought: '', content };
  const thought =
    (ends[0] ?? '')
      .replace(/(?<!\n)\n+$/, '')
      .split('<think>')
      .at(-1) ?? '';
  return { thought: thought.replace(/^\n+/, ''), content: (ends.at(-1) ?? '').replace(/^\n+/, '') };
}

function edges(text: string): string {
  return text.replace(/^\n+|(?<!\n)\n+$/g, '');
}

function toolResult(messages: readonly TemplateMessage[], index: number): string {
  const opening = messages[index - 1]?.role === 'tool' ? '' : '<|im_start|>user';
  const closing = messages[index + 1]?.role === 'tool' ? '' : '<|im_end|>\n';
  return `${opening}\n<tool_response>\n${messages[index]?.content ?? ''}\n</tool_response>${closing}`;
}

function qwen3Tools(first: TemplateMessage | undefined, tools: readonly string[]): string {
  const system = first?.role === 'system' ? `${first.content}\n\n` : '';
  return `<|im_start|>system\n${system}${toolsBlock(tools)}<|im_end|>\n`;
}

/** How Qwen3 is told of its tools, each as JSON on a line. */
export function toolsBlock(tools: readonly string[]): string {
  return `${OPENING}\n<tools>\n${tools.join('\n')}\n</tools>\n\n${CLOSING}`;
}

// From the chat template of Qwen/Qwen3-32B (Apache-2.0).
const OPENING = `# Tools

You may call one or more functions to assist with the user query.

You are provided with function signatures within <tools></tools> XML tags:`;
const CLOSING = `For each function call, return a json object with function name and arguments within <tool_call></tool_call> XML tags:
<tool_call>
{"name": <function-name>, "arguments": <args-json-object>}
</tool_call>`;
