import { type Hands, type KnownLines, printed } from './hands.ts';
import type { LineChange } from './line-change.ts';

const ROOT = '/testbed';

/** The profile with an editor: views and replacements go through it, everything else through `bash`. */
export const sweAgentHands: Hands = {
  shell: (command) => ({ name: 'bash', arguments: { command } }),
  look: () => edit({ command: 'view', path: ROOT }),
  view: (file, first, last) => edit({ command: 'view', path: `${ROOT}/${file}`, view_range: [first, last] }),
  replace: (file, change, known, context) => {
    const path = `${ROOT}/${file}`;
    if (change.old.length === 0 && context === 0) {
      return edit({ command: 'insert', path, insert_line: change.first - 1, new_str: change.new.join('\n') });
    }
    const { above, below } = surroundings(change, known, context);
    return edit({
      command: 'str_replace',
      path,
      old_str: [...above, ...change.old, ...below].join('\n'),
      new_str: [...above, ...change.new, ...below].join('\n'),
    });
  },
  keepsLineEnds: true,
  outcome: (observation) => {
    const text = printed(observation);
    if (/has been edited/.test(text)) return 'done';
    return /Multiple occurrences/.test(text) ? 'not unique' : 'failed';
  },
  submit: () => ({ name: 'submit', arguments: {} }),
};

function edit(args: Readonly<Record<string, unknown>>) {
  return { name: 'str_replace_editor', arguments: args };
}

/** As few lines around a change as make it unique among the known ones, and `context` more. */
function surroundings(change: LineChange, known: KnownLines, context: number) {
  const all = [...known.values()].join('\n');
  const last = change.first + change.old.length;
  for (let size = context; ; size += 1) {
    const above = linesFrom(known, Math.max(1, change.first - size), change.first);
    const below = linesFrom(known, last, last + size);
    const old = [...above, ...change.old, ...below].join('\n');
    const exhausted = above.length + below.length < size;
    if (exhausted || (old.trim() !== '' && all.split(old).length <= 2)) return { above, below };
  }
}

/** Known lines from one number up to another, itself not included; none where one of them is missing. */
function linesFrom(known: KnownLines, from: number, to: number): string[] {
  const lines: string[] = [];
  for (let number = from; number < to; number += 1) {
    const line = known.get(number);
    if (line === undefined) return from < to ? lines : [];
    lines.push(line);
  }
  return lines;
}
