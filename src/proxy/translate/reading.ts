import type { EditorRequest } from '../../agent/index.ts';
import { textOf } from '../conversation.ts';
import type { ReadTool } from '../tools/kit.ts';
import type { ReadResult } from '../tools/results.ts';
import type { CallKind } from './call-id.ts';
import type { Step } from './history.ts';
import type { Plan, World } from './world.ts';

/** Lines asked for at a time where a client shows no more at once. */
const PAGE = 1000;
const SMALL_PAGE = 250;
/** Reads for one call of the model. */
export const MOST_READS = 24;

/** A client's call that reads a file, or lines of it. */
export function readCall(
  { paths }: World,
  tool: ReadTool,
  path: string,
  kind: CallKind,
  step: number,
  range: { readonly first?: number; readonly limit?: number } = {},
  kept?: EditorRequest,
): Extract<Plan, { type: 'call' }> {
  const { first, limit } = range;
  const input = {
    [tool.path]: paths.textToClient(path),
    ...(first === undefined ? {} : { [tool.offset]: first - 1 + tool.firstLine }),
    ...(limit === undefined ? {} : { [tool.limit]: limit }),
  };
  return { type: 'call', name: tool.name, input, id: { kind, step, numbers: [], ...(kept ? { kept } : {}) } };
}

/** What a step that reads has shown, in the client's own paths. */
export function readResult({ kit }: World, tool: ReadTool, { call, result }: Step): ReadResult {
  if (result === undefined) return { type: 'other', text: '' };
  const { first, limit } = rangeOf(tool, call.input);
  const request = { first: first ?? 1, ...(limit === undefined ? {} : { limit }) };
  return kit.results.read(textOf(result.parts), result.failed, request);
}

/** The lines that a call reads, from 1. */
export function rangeOf(
  tool: ReadTool,
  input: Readonly<Record<string, unknown>>,
): { readonly first: number | undefined; readonly limit: number | undefined } {
  const offset = Number(input[tool.offset] ?? Number.NaN);
  const limit = Number(input[tool.limit] ?? Number.NaN);
  return {
    first: Number.isInteger(offset) ? Math.max(1, offset + 1 - tool.firstLine) : undefined,
    limit: Number.isInteger(limit) ? limit : undefined,
  };
}

/** What reading a file to its end has come to. */
export type Reading =
  | { readonly type: 'lines'; readonly lines: readonly string[]; readonly end: boolean }
  | Exclude<ReadResult, { type: 'lines' | 'unchanged' | 'too-large' }>
  /** What there is until now, and the next part. */
  | {
      readonly type: 'more';
      readonly lines: readonly string[];
      readonly first: number;
      readonly limit: number;
    };

/**
 * Puts the parts of a file together.
 *
 * @param from the line that the first of the steps was to begin with
 */
export function readOn(world: World, tool: ReadTool, steps: readonly Step[], from: number): Reading {
  const lines: string[] = [];
  for (const [position, step] of steps.entries()) {
    const result = readResult(world, tool, step);
    switch (result.type) {
      case 'lines':
        if (result.first !== from + lines.length)
          return { type: 'other', text: 'The file changed while it was read.' };
        lines.push(...result.lines);
        if (result.end) return { type: 'lines', lines, end: true };
        break;
      case 'unchanged':
        if (rangeOf(tool, step.call.input).limit !== undefined)
          return { type: 'other', text: 'The file is unchanged.' };
        break;
      case 'too-large':
        if (rangeOf(tool, step.call.input).limit === SMALL_PAGE)
          return { type: 'other', text: 'The file is too large to be shown.' };
        break;
      case 'past-end':
        if (position > 0) return { type: 'lines', lines, end: true };
        return result;
      default:
        return result;
    }
  }
  const last = steps.at(-1);
  const large = last !== undefined && readResult(world, tool, last).type === 'too-large';
  return { type: 'more', lines, first: from + lines.length, limit: large ? SMALL_PAGE : PAGE };
}
