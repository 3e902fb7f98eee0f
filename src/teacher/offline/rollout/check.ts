import type { Language } from '../../../syntax/index.ts';
import { printed, quote } from './hands.ts';
import type { Scene } from './scene.ts';
import { type Steps, turn } from './turn.ts';

/**
 * Looks at what changed and, where the program for it is there, whether the file still parses that parsed before.
 * A file that does is staged, so that taking back a later change leaves this one alone.
 */
export async function* stillParses(file: string, language: Language, scene: Scene): Steps<boolean> {
  const path = quote(file);
  const check = CHECKS[language];
  const steps = ['git diff --stat', ...(check ? [comparison(check, path)] : []), `git add ${path}`];
  const observation = yield turn('check', scene.hands.shell(steps.join(' && ')), scene.random.fork('check'));
  return !printed(observation).includes(BROKEN);
}

const BROKEN = 'It does not parse any more.';

/** A program, and how it reads a file, or standard input where none is named, without leaving anything behind. */
interface Check {
  readonly program: string;
  readonly command: (path: string) => string;
}

/** An old interpreter may not know the file's syntax; then there is nothing to learn from it. */
function comparison({ program, command }: Check, path: string): string {
  const before = `git show HEAD:${path} | ${command('')} > /dev/null 2>&1`;
  return `{ ! command -v ${program} > /dev/null || ! ${before} || ${command(path)} > /dev/null || { echo '${BROKEN}'; false; }; }`;
}

const javascript: Check = { program: 'node', command: (path) => `node --check ${path || '-'}` };
const python =
  'import ast, sys; ast.parse(open(sys.argv[1], "rb").read() if sys.argv[1:] else sys.stdin.buffer.read())';

const CHECKS: Readonly<Partial<Record<Language, Check>>> = {
  python: { program: 'python3', command: (path) => `python3 -c '${python}' ${path}`.trim() },
  javascript,
  go: { program: 'gofmt', command: (path) => `gofmt -l ${path}`.trim() },
  ruby: { program: 'ruby', command: (path) => `ruby -c ${path}`.trim() },
  php: { program: 'php', command: (path) => `php -l ${path}`.trim() },
};
