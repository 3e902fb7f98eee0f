import type { AssistantTurn, ClientCall, ClientResult, Part, Turn } from '../conversation.ts';
import type { Disguise } from '../tools/kit.ts';
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

/** An item, and where among the turns it begins. */
export interface PlacedItem {
  readonly item: Item;
  readonly place: number;
}

/**
 * Puts results to their calls, and later calls to the one that they belong to.
 *
 * @param from the turn to begin with; the items before it end there
 * @param disguise what the client was asked for in the place of the kit's tools
 */
export function readHistory(turns: readonly Turn[], from: number, disguise?: Disguise): PlacedItem[] {
  const items: PlacedItem[] = [];
  for (let place = from; place < turns.length; place += 1) {
    const turn = turns[place];
    if (turn?.type === 'user' || turn?.type === 'system') items.push({ item: turn, place });
    if (turn?.type === 'results') {
      const parts = orphans(turn.results, turns[place - 1]);
      if (parts.length > 0) items.push({ item: { type: 'user', parts }, place });
    }
    if (turn?.type === 'assistant') addAssistant(items, turn, place, turns[place + 1], disguise);
  }
  return items;
}

/** Whether an answer is the client's own going on with what the one before it began. */
export function goesOn(turn: Turn | undefined): boolean {
  if (turn?.type !== 'assistant' || turn.calls.length === 0) return false;
  return turn.calls.every(({ id }) => (readCallId(id)?.step ?? 0) > 0);
}

function addAssistant(
  items: PlacedItem[],
  turn: AssistantTurn,
  place: number,
  next: Turn | undefined,
  disguise: Disguise | undefined,
): void {
  const results = next?.type === 'results' ? next.results : [];
  const steps = turn.calls.map((call): Step => {
    const { name, input } = disguise?.toKit(call) ?? call;
    const result = results.find(({ callId }) => callId === call.id);
    return { call: { id: call.id, name, input }, id: readCallId(call.id), result };
  });
  const last = items.at(-1);
  if (last?.item.type === 'assistant' && goesOn(turn)) {
    const works = last.item.works.map((work) => extended(work, steps));
    items[items.length - 1] = { ...last, item: { ...last.item, works } };
  } else {
    const works = steps.map((step) => ({ steps: [step] }));
    items.push({ item: { type: 'assistant', turn, works }, place });
  }
}

function extended(work: Work, steps: readonly Step[]): Work {
  const base = work.steps[0]?.id?.base;
  return { steps: [...work.steps, ...steps.filter(({ id }) => id?.base === base)] };
}

/** Results of calls that the history no longer has are still something that the model should know. */
function orphans(results: readonly ClientResult[], before: Turn | undefined): Part[] {
  const calls = before?.type === 'assistant' ? before.calls : [];
  return results.flatMap(({ callId, parts }) => (calls.some(({ id }) => id === callId) ? [] : parts));
}
