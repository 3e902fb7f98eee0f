import type { Source } from './source.ts';

/** A string literal in the quotes that the function's own code prefers. The text must hold neither quote. */
export function quoted(source: Source, text: string): string {
  const single = source.text.split("'").length;
  const double = source.text.split('"').length;
  return single > double ? `'${text}'` : `"${text}"`;
}

/** A statement that gives a value a name, ended as the function's own statements are. */
export function declaration(source: Source, name: string, value: string): string {
  return source.dialect.declare(name, value) + ending(source);
}

/** What ends a statement: in JavaScript a matter of taste. */
export function ending({ language, dialect, text }: Source): string {
  const optional = language === 'javascript' || language === 'typescript' || language === 'tsx';
  return optional && !/;\s*$/m.test(text) ? '' : dialect.end;
}
