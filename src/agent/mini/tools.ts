import type { ToolDefinition } from '../../trajectory/index.ts';

/** Arguments beside `command` are passed over, as mini-swe-agent does. */
export const MINI_TOOLS: readonly ToolDefinition[] = [
  {
    name: 'bash',
    description: 'Runs a command in a new bash at the root of the repository. Nobody can type into it.',
    parameters: {
      type: 'object',
      properties: { command: { type: 'string', description: 'What bash is to run.' } },
      required: ['command'],
    },
  },
];
