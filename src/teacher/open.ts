import { setTimeout as wait } from 'node:timers/promises';
import { Budget } from './budget.ts';
import { EndpointConversation, type Surroundings } from './conversation.ts';
import { TeacherSpecError } from './errors.ts';
import { keyOf } from './keys.ts';
import { openAIProvider } from './openai/openai.ts';
import { Pool } from './pool.ts';
import { type Price, priceOf } from './prices.ts';
import type { Provider } from './provider.ts';
import { type EndpointSpec, formatSpec, parseSpec } from './spec.ts';
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
  /** Tokens of one answer; the endpoint's own limit where undefined, 16,384 for Claude, which demands one. */
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
  const members = parseSpec(spec);
  const endpoints = members.filter((member): member is EndpointSpec => 'url' in member);
  if (endpoints.length < members.length)
    throw new TeacherSpecError(`Teacher "${spec}" is not available yet.`);
  const around = surroundings(endpoints, options);
  return {
    spec: formatSpec(members),
    offline: false,
    get spentUsd() {
      return around.budget.spent;
    },
    open: () => new EndpointConversation(around),
  };
}

function surroundings(specs: readonly EndpointSpec[], options: TeacherOptions): Surroundings {
  const now = options.now ?? Date.now;
  const members = specs.map((spec) => ({
    provider: provider(spec, options),
    price: priceOf(spec.model, options.prices),
  }));
  return {
    pool: new Pool(members, now),
    budget: new Budget(options.budgetUsd ?? Number.POSITIVE_INFINITY, options.spentUsd ?? 0),
    retries: { retries: options.retries ?? 10, waitSeconds: options.retrySeconds ?? 900 },
    maxOutputTokens: options.maxOutputTokens,
    now,
    random: options.random ?? Math.random,
    sleep: options.sleep ?? sleep,
    log: options.log ?? (() => {}),
  };
}

function provider(spec: EndpointSpec, options: TeacherOptions): Provider {
  const key = keyOf(spec, options.environment);
  const { maxOutputTokens, thinkingTokens } = options;
  const sampling = { temperature: options.temperature ?? 0.6, maxOutputTokens, thinkingTokens };
  const limits = {
    callSeconds: options.callTimeoutSeconds ?? 900,
    stallSeconds: options.stallSeconds ?? 180,
  };
  const { model, url } = spec;
  if (spec.kind === 'anthropic') throw new TeacherSpecError('anthropic: is not available yet.');
  return openAIProvider({ model, url, key, sampling, limits });
}

async function sleep(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  await wait(milliseconds, undefined, signal === undefined ? {} : { signal }).catch(() =>
    signal?.throwIfAborted(),
  );
}
