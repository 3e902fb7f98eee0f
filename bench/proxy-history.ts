const ROOT = '/home/user/repo';
const LINES = 60;

/**
 * What Claude Code asks in the middle of its work: at 50 turns, between 20,000 and 30,000 tokens to the model. Every
 * third turn reads a file, every third runs a command, every third edits, and each edit is followed by the read that
 * the proxy asks for.
 *
 * @param session another number is another conversation
 */
export function historyBody(session: number, turns: number, maxTokens = 4000): string {
  return JSON.stringify({
    ...FRAME,
    max_tokens: maxTokens,
    messages: [opening(session), ...messages(turns)],
  });
}

const FRAME = {
  model: 'any',
  stream: true,
  system: `You are in a terminal.\n - Primary working directory: ${ROOT}\n${'Be brief and careful. '.repeat(600)}`,
  tools: [
    tool('Bash', ['command', 'timeout', 'description']),
    tool('Read', ['file_path', 'offset', 'limit']),
    tool('Edit', ['file_path', 'old_string', 'new_string', 'replace_all']),
    tool('Write', ['file_path', 'content']),
    ...['Glob', 'Grep', 'WebFetch', 'Task'].map((name) => tool(name, ['pattern', 'path'])),
  ],
};

function opening(session: number): object {
  const said = `Totals are wrong in ${ROOT}/src/module0.py: see the failing test (report ${session}).`;
  return { role: 'user', content: [text(said)] };
}

function messages(turns: number): object[] {
  return Array.from({ length: turns }, (_, turn) => exchange(turn)).flat();
}

function exchange(turn: number): object[] {
  switch (turn % 3) {
    case 0:
      return call(turn, 'view', 0, 'Read', { file_path: file(turn) }, numbered(source(turn)));
    case 1: {
      const command = `cd ${ROOT} && grep -rn "total_${turn}" src tests | head -n 20; python -m pytest -x -q tests/test_${turn}.py 2>&1 | tail -n 15`;
      return call(turn, 'bash', 0, 'Bash', { command, timeout: 300_000 }, output(turn));
    }
    default: {
      const before = source(turn - 2);
      const old_string = before[11] ?? '';
      const new_string = `${old_string}  # checked`;
      const after = before.map((line) => (line === old_string ? new_string : line));
      const edit = { file_path: file(turn - 2), old_string, new_string };
      return [
        ...call(turn, 'replace', 0, 'Edit', edit, `The file ${file(turn - 2)} has been updated.`),
        ...call(turn, 'replace', 1, 'Read', { file_path: file(turn - 2) }, numbered(after)),
      ];
    }
  }
}

function call(
  turn: number,
  kind: string,
  step: number,
  name: string,
  input: object,
  result: string,
): object[] {
  const id = `sera_${String(turn).padStart(16, '0')}_${kind}_${step}`;
  const said =
    step > 0
      ? []
      : [
          {
            type: 'thinking',
            thinking: `Turn ${turn}: the sum in ${file(turn)} may be off. `.repeat(4),
            signature: 'sera:reasoning_content',
          },
          text(`Let me look at ${file(turn)}.`),
        ];
  return [
    { role: 'assistant', content: [...said, { type: 'tool_use', id, name, input }] },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: id, content: result }] },
  ];
}

function source(turn: number): string[] {
  return Array.from({ length: LINES }, (_, line) =>
    line % 6 === 0
      ? `def total_${turn}_${line}(items):`
      : `    value_${line} = items[${line}] + ${turn} * ${line}`,
  );
}

function numbered(lines: readonly string[]): string {
  return lines.map((line, index) => `${String(index + 1).padStart(6)}\t${line}`).join('\n');
}

function output(turn: number): string {
  const found = Array.from(
    { length: 12 },
    (_, line) => `${ROOT}/src/module${line}.py:${line * 7}:    total_${turn} += value`,
  );
  return [...found, 'E   AssertionError: assert 3 == 4', `FAILED tests/test_${turn}.py::test_total`].join(
    '\n',
  );
}

function file(turn: number): string {
  return `${ROOT}/src/module${turn}.py`;
}

function text(value: string): object {
  return { type: 'text', text: value };
}

function tool(name: string, parameters: readonly string[]): object {
  const properties = Object.fromEntries(
    parameters.map((parameter) => [parameter, { type: 'string', description: `What ${parameter} is.` }]),
  );
  return {
    name,
    description: `${name} does what its name says. `.repeat(80),
    input_schema: { type: 'object', properties },
  };
}
