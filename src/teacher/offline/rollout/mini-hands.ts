import { type Hands, quote } from './hands.ts';
import type { LineChange } from './line-change.ts';

const SUBMIT = 'echo COMPLETE_TASK_AND_SUBMIT_FINAL_OUTPUT && git add -A && git diff --cached';

/** The profile with `bash` alone, each command in a fresh shell at the repository's root. */
export const miniHands: Hands = {
  shell: (command) => ({ name: 'bash', arguments: { command } }),
  look: () => miniHands.shell('ls && git ls-files | head -n 60'),
  view: (file, first, last) => miniHands.shell(`cat -n ${quote(file)} | sed -n '${first},${last}p'`),
  replace: (file, change) => miniHands.shell(withLines(change, scriptFor(quote(file), change))),
  keepsLineEnds: false,
  outcome: (observation) => (/<returncode>0<\/returncode>/.test(observation) ? 'done' : 'failed'),
  submit: () => miniHands.shell(SUBMIT),
};

/** Reads the new lines from standard input, so that no other file is needed. */
function scriptFor(path: string, change: LineChange): string {
  const last = change.first + change.old.length - 1;
  const remove = change.old.length > 0 ? ` -e '${change.first},${last}d'` : '';
  if (change.new.length === 0) return `sed -i${remove} ${path}`;
  if (last > 0) return `sed -i -e '${last}r /dev/stdin'${remove} ${path}`;
  return `cat - ${path} > ${path}.new && cat ${path}.new > ${path} && rm ${path}.new`;
}

function withLines(change: LineChange, script: string): string {
  if (change.new.length === 0) return script;
  const end = change.new.includes('EOF') ? 'END_OF_LINES' : 'EOF';
  const [first = '', ...rest] = script.split(' && ');
  return `${[`${first} <<'${end}'`, ...rest].join(' && ')}\n${change.new.join('\n')}\n${end}`;
}
