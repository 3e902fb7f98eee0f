import type { AssistantTurn, ClientCall, ClientRequest, ClientResult, Part, Turn } from '../conversation.ts';
import type { NamedCall } from '../tools/kit.ts';
import { type CallId, readCallId } from './call-id.ts';

/** The history as it was for the model: each of its calls with everything that the client did for it. */
export type Item =
  | { readonly type: 'user'; readonly parts: readonly Part[] }
  | { readonly type: 'system'; readonly text: string }
  | { readonly type: 'assistant'; readonly turn: AssistantTurn; readonly works: readonly Work[] };

/** What the client did for one call of the model. */
export interface Work {
  readonly steps: readonly Step[];
}

export interface Step {
  readonly call: ClientCall;
  /** Undefined for a call that the proxy did not make. */
  readonly id: CallId | undefined;
  /** Undefined where the client gave none. */
  readonly result: ClientResult | undefined;
}

/**
 * Puts results to their calls, and later calls to the one that they belong to.
 *
 * @param read makes a call of the kit of what the client was asked for
 */
export function readHistory(
  { turns }: ClientRequest,
  read: (call: NamedCall) => NamedCall = (call) => call,
): Item[] {
  const items: Item[] = [];
  for (const [position, turn] of turns.entries()) {
    switch (turn.type) {
      case 'user':
      case 'system':
        items.push(turn);
        break;
      case 'results':
        items.push(...orphans(turn.results, turns[position - 1]));
        break;
      case 'assistant':
        addAssistant(items, turn, resultsAfter(turns, position), read);
        break;
    }
  }
  return items;
}

function resultsAfter(turns: readonly Turn[], position: number): readonly ClientResult[] {
  const next = turns[position + 1];
  return next?.type === 'results' ? next.results : [];
}

function addAssistant(
  items: Item[],
  turn: AssistantTurn,
  results: readonly ClientResult[],
  read: (call: NamedCall) => NamedCall,
): void {
  const steps = turn.calls.map(
    (call): Step => ({
      call: { id: call.id, ...read(call) },
      id: readCallId(call.id),
      result: results.find(({ callId }) => callId === call.id),
    }),
  );
  const [first, ...others] = steps;
  const continues = first !== undefined && [first, ...others].every((step) => (step.id?.step ?? 0) > 0);
  const last = items.at(-1);
  if (continues && last?.type === 'assistant') {
    items[items.length - 1] = { ...last, works: last.works.map((work) => extended(work, steps)) };
  } else items.push({ type: 'assistant', turn, works: steps.map((step) => ({ steps: [step] })) });
}

function extended(work: Work, steps: readonly Step[]): Work {
  const base = work.steps[0]?.id?.base;
  return { steps: [...work.steps, ...steps.filter(({ id }) => id?.base === base)] };
}

/** Results of calls that the history no longer has are still something that the model should know. */
function orphans(results: readonly ClientResult[], before: Turn | undefined): Item[] {
  const known = new Set(before?.type === 'assistant' ? before.calls.map(({ id }) => id) : []);
  return results
    .filter(({ callId, parts }) => !known.has(callId) && parts.length > 0)
    .map(({ parts }) => ({ type: 'user', parts }));
}
