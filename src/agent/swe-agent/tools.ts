import type { ToolDefinition } from '../../trajectory/index.ts';

const bash: ToolDefinition = {
  name: 'bash',
  description:
    'Runs a command in the one bash that stays open for the whole task: its directory, variables and functions are kept. Nobody can type into it, so a command must not wait for input.',
  parameters: {
    type: 'object',
    properties: { command: { type: 'string', description: 'What bash is to run.' } },
    required: ['command'],
    additionalProperties: false,
  },
};

const editor: ToolDefinition = {
  name: 'str_replace_editor',
  description: [
    'Shows, creates and changes files.',
    '- `view` prints a file with its lines numbered as `cat -n` does, or lists what is in a directory, two levels deep and without hidden entries. An answer that is too long ends in `<response clipped>`.',
    '- `create` writes a new file. It refuses a path that exists.',
    '- `str_replace` puts `new_str` in the place of `old_str`, which must be one or more whole or partial lines exactly as the file has them, white space included, and must stand in the file only once: add lines around it until it does.',
    '- `insert` puts `new_str` behind a line.',
    '- `undo_edit` takes back the last change of a file.',
  ].join('\n'),
  parameters: {
    type: 'object',
    properties: {
      command: {
        type: 'string',
        enum: ['view', 'create', 'str_replace', 'insert', 'undo_edit'],
        description: 'What to do.',
      },
      path: {
        type: 'string',
        description: 'Absolute path of a file or directory, such as `/testbed/src/main.c`.',
      },
      file_text: { type: 'string', description: 'For `create`: the content of the new file.' },
      old_str: { type: 'string', description: 'For `str_replace`: the text to replace.' },
      new_str: {
        type: 'string',
        description:
          'For `str_replace`: the text that takes its place; left out, the old text is deleted. For `insert`: the text to add.',
      },
      insert_line: {
        type: 'integer',
        description:
          'For `insert`: the number of the line behind which the text goes; 0 is the top of the file.',
      },
      view_range: {
        type: 'array',
        items: { type: 'integer' },
        description:
          'For `view` of a file: the first and the last line to show, such as `[11, 30]`; lines count from 1, and -1 as the last shows the rest.',
      },
    },
    required: ['command', 'path'],
    additionalProperties: false,
  },
};

const submit: ToolDefinition = {
  name: 'submit',
  description:
    'Hands the work in. The first call shows all changes once more for review; the next one ends the task.',
  parameters: { type: 'object', properties: {}, required: [], additionalProperties: false },
};

export const SWE_AGENT_TOOLS: readonly ToolDefinition[] = [bash, editor, submit];
