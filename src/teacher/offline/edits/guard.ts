import { type Parameter, requiredParameters } from '../parameters.ts';
import type { Random } from '../random.ts';
import { before, children, hasOwnLines, isComment, type Source } from '../source.ts';
import type { Edit } from './edit.ts';

/** Refuses a missing argument at the top of the function, instead of failing somewhere below. */
export const guard: Edit = {
  kind: 'guard',
  sites(source) {
    const first = firstStatement(source);
    if (!first || !hasOwnLines(source, first)) return [];
    return requiredParameters(source).flatMap((parameter) => {
      const write = GUARDS[source.language]?.(parameter, source);
      return write
        ? [{ detail: parameter.name, change: (taste: Random) => [before(source, first, write(taste))] }]
        : [];
    });
  },
};

type Guard = (parameter: Parameter, source: Source) => ((taste: Random) => string[]) | undefined;

const GUARDS: Readonly<Partial<Record<string, Guard>>> = {
  python: ({ name, type }, { unit }) =>
    /Optional|None|Any/.test(type)
      ? undefined
      : (taste) => [
          `if ${name} is None:`,
          `${unit}raise ValueError("${taste.pick([`${name} must not be None`, `${name} is required`, `missing argument: ${name}`])}")`,
        ],
};

/** The first statement that does something: a docstring is passed over. */
export function firstStatement(source: Source) {
  return children(source.body).find((node) => !isComment(node) && !isDocstring(node));
}

function isDocstring(node: import('../../../syntax/index.ts').Node): boolean {
  return (
    node.type === 'expression_statement' &&
    node.namedChildCount === 1 &&
    node.namedChild(0)?.type === 'string'
  );
}
