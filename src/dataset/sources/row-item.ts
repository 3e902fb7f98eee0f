import type { FileRow } from './files.ts';
import { readRow } from './row.ts';
import { readItem, type SourceItem } from './source.ts';

/** One row of a file as a source gives it. */
export async function rowItem(row: FileRow, path: string): Promise<SourceItem> {
  const where = `${path}:${row.number}`;
  if ('error' in row) return { kind: 'broken', where, why: row.error };
  return withTools(readItem(where, () => readRow(row.value, row.number, path)));
}

/** Published rollouts do not say what their tools were; the profile's own are put there. */
async function withTools(item: SourceItem): Promise<SourceItem> {
  if (item.kind === 'broken' || item.candidate.tools.length > 0) return item;
  const { profile } = item.candidate.metadata;
  if (profile !== 'swe-agent' && profile !== 'mini') return item;
  // The agent's room is loaded only where it is needed.
  const { openProfile } = await import('../../agent/index.ts');
  return { ...item, candidate: { ...item.candidate, tools: openProfile(profile).tools } };
}
