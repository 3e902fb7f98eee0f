import type { StageName } from '../store/index.ts';
import type { Conversation } from '../teacher/index.ts';
import type { Workshop } from './stages.ts';

/** Passes a conversation on and writes down every answer the moment it comes, paid as it is. */
export function recordCalls(
  conversation: Conversation,
  place: { readonly task: string; readonly stage: StageName },
  shop: Pick<Workshop, 'run' | 'store' | 'listen' | 'stop'>,
): Conversation {
  return {
    close: () => conversation.close(),
    async ask(question, signal) {
      const answer = await conversation.ask(question, signal);
      const { model, usage, costUsd, latencyMs } = answer;
      try {
        await shop.store.addCall(shop.run, { ...place, model, usage, costUsd, latencyMs });
      } catch (error) {
        shop.stop(error); // what cannot be written down must not be bought
        throw error;
      }
      shop.listen({ type: 'answered', task: place.task, usage, costUsd });
      return answer;
    },
  };
}
