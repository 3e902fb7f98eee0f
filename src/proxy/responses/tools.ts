import { z } from 'zod';
import type { ClientTool } from '../conversation.ts';

const FunctionTool = z.object({
  name: z.string(),
  description: z.string().nullish(),
  parameters: z.record(z.string(), z.unknown()).nullish(),
});
const Format = z.object({ syntax: z.string().optional(), definition: z.string() });
const CustomTool = z.object({ name: z.string(), description: z.string().nullish(), format: z.unknown() });
const Namespace = z.object({ name: z.string(), tools: z.array(z.looseObject({ type: z.string() })) });

/** The tools that a model here can call; those that OpenAI's own servers run are left out. */
export function readTools(tools: readonly { readonly type: string }[]): ClientTool[] {
  return tools.flatMap((tool): ClientTool[] => {
    switch (tool.type) {
      case 'function':
        return functionTool(tool);
      case 'custom':
        return customTool(tool);
      case 'local_shell':
        return [LOCAL_SHELL];
      case 'namespace': {
        const { name, tools: inside } = Namespace.safeParse(tool).data ?? { name: '', tools: [] };
        return readTools(inside).map((one) => ({ ...one, namespace: name }));
      }
      default:
        return [];
    }
  });
}

function functionTool(tool: object): ClientTool[] {
  const { name, description, parameters } = FunctionTool.safeParse(tool).data ?? {};
  if (name === undefined) return [];
  return [
    {
      name,
      description: description ?? '',
      parameters: parameters ?? { type: 'object', properties: {} },
    },
  ];
}

/** A tool that takes a text of any form is a function of that text to a model that has only functions. */
function customTool(tool: object): ClientTool[] {
  const { name, description, format } = CustomTool.safeParse(tool).data ?? {};
  if (name === undefined) return [];
  const grammar = Format.safeParse(format).data?.definition;
  const input = { type: 'string', ...(grammar === undefined ? {} : { description: grammar }) };
  return [
    {
      name,
      description: description ?? '',
      parameters: { type: 'object', properties: { input }, required: ['input'] },
      form: 'text',
    },
  ];
}

const LOCAL_SHELL: ClientTool = {
  name: 'local_shell',
  description: 'Runs a command, given as its program and arguments, and returns what it prints.',
  parameters: {
    type: 'object',
    properties: {
      command: { type: 'array', items: { type: 'string' } },
      working_directory: { type: 'string' },
      timeout_ms: { type: 'number' },
    },
    required: ['command'],
  },
  form: 'vector',
};
