import { setTimeout as wait } from 'node:timers/promises';
import { anthropicProvider } from './anthropic/anthropic.ts';
import { Budget } from './budget.ts';
import { EndpointConversation, type Surroundings } from './conversation.ts';
import { keyOf, messageWithoutKey } from './keys.ts';
import { offlineTeacher } from './offline/index.ts';
import { openAIProvider } from './openai/openai.ts';
import { Pool } from './pool.ts';
import { type Price, priceOf } from './prices.ts';
import type { Provider } from './provider.ts';
import { replayTeacher } from './replay/replay.ts';
import { type EndpointSpec, formatEndpoints, parseSpec } from './spec.ts';
import type { Teacher } from './teacher.ts';

export interface TeacherOptions {
  /** Where keys are read from; nothing else is. */
  readonly environment: NodeJS.ProcessEnv;
  /** US dollars for the whole run; no limit where undefined. */
  readonly budgetUsd?: number | undefined;
  /** US dollars that earlier processes of the run have spent. */
  readonly spentUsd?: number | undefined;
  /** Prices by model name that win over the published ones; zero for a model of one's own. */
  readonly prices?: Readonly<Record<string, Price>> | undefined;
  /** 0.6 where undefined. */
  readonly temperature?: number | undefined;
  /** Tokens of one answer; the endpoint's own limit where undefined, 8,192 for Claude, which demands one. */
  readonly maxOutputTokens?: number | undefined;
  /** Tokens of reasoning that Claude is given; none where undefined. */
  readonly thinkingTokens?: number | undefined;
  /** Seconds from a request's start to the end of its answer; 900 where undefined. */
  readonly callTimeoutSeconds?: number | undefined;
  /** Seconds in which no byte comes, 300 at most; 180 where undefined. */
  readonly stallSeconds?: number | undefined;
  /** Repetitions of a failed request; 10 where undefined. */
  readonly retries?: number | undefined;
  /** Seconds spent waiting between the tries of one question; 900 where undefined. */
  readonly retrySeconds?: number | undefined;
  /** Takes one line on every failure, move and warning. */
  readonly log?: ((line: string) => void) | undefined;
  readonly random?: (() => number) | undefined;
  readonly now?: (() => number) | undefined;
  /** Milliseconds; rejects when the signal is aborted. */
  readonly sleep?: ((milliseconds: number, signal: AbortSignal | undefined) => Promise<void>) | undefined;
}

/**
 * Opens the teacher that a specification names: `offline`, `openai:MODEL@URL`, `anthropic:MODEL[@URL]`,
 * `replay:FILE`; several endpoints with commas share the load.
 *
 * @throws TeacherSpecError
 */
export function openTeacher(spec: string, options: TeacherOptions): Teacher {
  const parsed = parseSpec(spec);
  if (parsed.kind === 'offline') return offlineTeacher();
  if (parsed.kind === 'replay') return replayTeacher(parsed.file);
  const around = surroundings(parsed.endpoints, options);
  return {
    spec: formatEndpoints(parsed.endpoints),
    offline: false,
    get spentUsd() {
      return around.budget.spent;
    },
    prices: parsed.endpoints.map(({ model }) => priceOf(model, options.prices)),
    open: () => new EndpointConversation(around),
  };
}

function surroundings(specs: readonly EndpointSpec[], options: TeacherOptions): Surroundings {
  const now = options.now ?? Date.now;
  const log = options.log ?? (() => {});
  const members = specs.map((spec) => ({
    provider: provider(spec, options, log),
    price: priceOf(spec.model, options.prices),
  }));
  for (const model of new Set(
    members.filter(({ price }) => !price.priceKnown).map((member) => member.provider.model),
  )) {
    log(`The price of ${model} is not known: its calls count as free, and no budget holds them.`);
  }
  return {
    pool: new Pool(members, now),
    budget: new Budget(options.budgetUsd ?? Number.POSITIVE_INFINITY, options.spentUsd ?? 0),
    retries: { retries: options.retries ?? 10, waitSeconds: options.retrySeconds ?? 900 },
    maxOutputTokens: options.maxOutputTokens,
    now,
    random: options.random ?? Math.random,
    sleep: options.sleep ?? sleep,
    log,
  };
}

function provider(spec: EndpointSpec, options: TeacherOptions, log: (line: string) => void): Provider {
  const { maxOutputTokens, thinkingTokens } = options;
  const key = keyOf(spec, options.environment);
  const settings = {
    model: spec.model,
    url: spec.url,
    key,
    sampling: { temperature: options.temperature ?? 0.6, maxOutputTokens, thinkingTokens },
    limits: { callSeconds: options.callTimeoutSeconds ?? 900, stallSeconds: options.stallSeconds ?? 180 },
    log,
  };
  const made = spec.kind === 'openai' ? openAIProvider(settings) : anthropicProvider(settings);
  return {
    ...made,
    complete: async (question, signal) => {
      const completion = await made.complete(question, signal);
      return { ...completion, message: messageWithoutKey(completion.message, key.value) };
    },
  };
}

async function sleep(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  await wait(milliseconds, undefined, signal === undefined ? {} : { signal }).catch(() =>
    signal?.throwIfAborted(),
  );
}
