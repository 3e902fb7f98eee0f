import type { Language } from '../../../../syntax/index.ts';
import { descendants } from '../nodes.ts';
import { instead } from '../replacement.ts';
import { type Source, textOf } from '../source.ts';
import type { Edit, EditKind } from './edit.ts';

/** An expression as it is written, and how it is written better. */
export type Rewrite = readonly [pattern: RegExp, replacement: string];

/** An edit that rewrites expressions by their text; the node's whole text must match. */
export function rewriting(
  kind: EditKind,
  nodes: ReadonlySet<string>,
  table: Readonly<Partial<Record<Language, readonly Rewrite[]>>>,
): Edit {
  return {
    kind,
    sites: (source) =>
      descendants(source.node, nodes).flatMap((node) => siteOf(source, node, table[source.language] ?? [])),
  };
}

function siteOf(source: Source, node: Parameters<typeof instead>[0], rewrites: readonly Rewrite[]) {
  const written = textOf(source, node);
  const found = rewrites.find(([pattern]) => pattern.test(written));
  if (!found) return [];
  const text = written.replace(...found);
  return [{ detail: written, change: () => [instead(node, text)] }];
}
