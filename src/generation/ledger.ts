import type { StageName, Store } from '../store/index.ts';
import type { Conversation } from '../teacher/index.ts';
import type { Listener } from './events.ts';

/** Passes a conversation on and writes down every answer the moment it comes, paid as it is. */
export function recordCalls(
  conversation: Conversation,
  place: { readonly run: string; readonly task: string; readonly stage: StageName },
  store: Store,
  listen: Listener,
): Conversation {
  const { run, task, stage } = place;
  return {
    close: () => conversation.close(),
    async ask(question, signal) {
      const answer = await conversation.ask(question, signal);
      const { model, usage, costUsd, latencyMs } = answer;
      await store.addCall(run, { task, stage, model, usage, costUsd, latencyMs });
      listen({ type: 'answered', task, usage, costUsd });
      return answer;
    },
  };
}
