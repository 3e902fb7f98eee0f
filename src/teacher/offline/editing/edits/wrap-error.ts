import type { Node } from '../../../../syntax/index.ts';
import { hasOwnLines, indentAt, lineStart } from '../lines.ts';
import { isFree, wordsOf } from '../names.ts';
import { children } from '../nodes.ts';
import type { Replacement } from '../replacement.ts';
import type { Source } from '../source.ts';
import { ending, quoted } from '../style.ts';
import type { Edit } from './edit.ts';

/** Catches what a call throws and throws it again with word of what was going on. */
export const wrapError: Edit = {
  kind: 'wrap-error',
  sites(source) {
    const write = WRAPS[source.language];
    if (!write || !isFree(source, 'error')) return [];
    return children(source.body)
      .filter((statement) => isPlainCall(source, statement))
      .map((statement) => {
        const called = /[\w.$>:-]+(?=\()/.exec(statement.text)?.[0] ?? '';
        const doing = wordsOf(called).slice(-3).join(' ');
        return {
          detail: called,
          change: (taste) => {
            const message = taste.pick([
              `${doing} failed`,
              `could not finish ${doing}`,
              `failure in ${doing}`,
            ]);
            return [wrap(source, statement, write(source, message))];
          },
        };
      });
  },
};

function isPlainCall(source: Source, statement: Node): boolean {
  const call = statement.type === 'expression_statement' ? statement.namedChild(0) : statement;
  const awaited = call && /^await/.test(call.type) ? call.namedChild(0) : call;
  const isCall = awaited ? source.dialect.calls.has(awaited.type) : false;
  return (
    isCall &&
    hasOwnLines(source, statement) &&
    !/"""|'''|`|<<|\bsuper\b|\bblock\b|\bdo\b/.test(statement.text)
  );
}

interface Wrap {
  readonly before: readonly string[];
  readonly after: readonly string[];
}

/** What stands before a statement, and behind it, given the message; the statement is indented by one level. */
const WRAPS: Readonly<Partial<Record<Source['language'], (source: Source, message: string) => Wrap>>> = {
  python: ({ unit }, message) => ({
    before: ['try:'],
    after: ['except Exception as error:', `${unit}raise RuntimeError("${message}") from error`],
  }),
  javascript,
  typescript: javascript,
  tsx: javascript,
  java: braces(
    'RuntimeException error',
    (message) => `throw new IllegalStateException("${message}", error);`,
  ),
  kotlin: braces('error: RuntimeException', (message) => `throw IllegalStateException("${message}", error)`),
  php: braces('\\Throwable $error', (message) => `throw new \\RuntimeException('${message}', 0, $error);`),
  cpp: braces(
    'const std::exception& error',
    (message) => `throw std::runtime_error(std::string("${message}: ") + error.what());`,
  ),
  csharp: ({ unit }, message) => ({
    before: ['try', '{'],
    after: [
      '}',
      'catch (System.Exception error)',
      '{',
      `${unit}throw new System.InvalidOperationException("${message}", error);`,
      '}',
    ],
  }),
  ruby: ({ unit }, message) => ({
    before: ['begin'],
    after: ['rescue StandardError => error', `${unit}raise "${message}: #{error.message}"`, 'end'],
  }),
};

function javascript(source: Source, message: string): Wrap {
  const rethrow = (text: string) =>
    `throw new Error(${quoted(source, text)}, { cause: error })${ending(source)}`;
  return braces('error', rethrow)(source, message);
}

function braces(caught: string, rethrow: (message: string) => string) {
  return ({ unit }: Source, message: string): Wrap => ({
    before: ['try {'],
    after: [`} catch (${caught}) {`, `${unit}${rethrow(message)}`, '}'],
  });
}

function wrap(source: Source, statement: Node, { before, after }: Wrap): Replacement {
  const start = lineStart(source.text, statement.startIndex);
  const behind = source.text.indexOf('\n', statement.endIndex);
  const end = behind < 0 ? source.text.length : behind;
  const indent = indentAt(source.text, statement.startIndex);
  const inner = source.text
    .slice(start, end)
    .split('\n')
    .map((line) => (line.trim() ? source.unit + line : line));
  const outer = (lines: readonly string[]) => lines.map((line) => indent + line);
  return { start, end, text: [...outer(before), ...inner, ...outer(after)].join('\n') };
}
