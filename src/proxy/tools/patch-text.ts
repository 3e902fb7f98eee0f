/** Codex's form of a patch, for one file: whole lines, those around the change among them. */
export type FilePatch =
  | { readonly type: 'update'; readonly path: string; readonly old: string; readonly new: string }
  | { readonly type: 'add'; readonly path: string; readonly content: string };

const BEGIN = '*** Begin Patch';
const END = '*** End Patch';
const UPDATE = '*** Update File: ';
const ADD = '*** Add File: ';

export function writePatch(patch: FilePatch): string {
  const body =
    patch.type === 'add'
      ? [ADD + patch.path, ...marked('+', linesOf(patch.content))]
      : [UPDATE + patch.path, '@@', ...hunk(linesOf(patch.old), linesOf(patch.new))];
  return [BEGIN, ...body, END].join('\n');
}

/** Reads a patch that `writePatch` has written; undefined for one of another form. */
export function readPatch(text: string): FilePatch | undefined {
  const lines = text.split('\n');
  const [begin, head = '', ...rest] = lines;
  const end = rest.indexOf(END);
  if (begin !== BEGIN || end === -1) return undefined;
  const body = rest.slice(0, end);
  if (head.startsWith(ADD)) return { type: 'add', path: head.slice(ADD.length), content: side(body, '+') };
  if (!head.startsWith(UPDATE) || body[0] !== '@@') return undefined;
  const path = head.slice(UPDATE.length);
  return { type: 'update', path, old: side(body.slice(1), '-'), new: side(body.slice(1), '+') };
}

function hunk(before: readonly string[], after: readonly string[]): string[] {
  const most = Math.min(before.length, after.length);
  let head = 0;
  while (head < most && before[head] === after[head]) head += 1;
  let tail = 0;
  while (tail < most - head && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
  return [
    ...marked(' ', before.slice(0, head)),
    ...marked('-', before.slice(head, before.length - tail)),
    ...marked('+', after.slice(head, after.length - tail)),
    ...marked(' ', before.slice(before.length - tail)),
  ];
}

function marked(mark: string, lines: readonly string[]): string[] {
  return lines.map((line) => mark + line);
}

function side(body: readonly string[], mark: '+' | '-'): string {
  return body
    .filter((line) => line.startsWith(mark) || line.startsWith(' '))
    .map((line) => `${line.slice(1)}\n`)
    .join('');
}

function linesOf(text: string): string[] {
  const lines = text.split('\n');
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}
