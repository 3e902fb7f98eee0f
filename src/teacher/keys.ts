import type { AssistantMessage } from '../trajectory/index.ts';
import { TeacherSpecError } from './errors.ts';
import type { EndpointSpec } from './spec.ts';

export interface Key {
  /** The variable it came from, or where one belongs. */
  readonly variable: string;
  /** Undefined where no variable is set: a local endpoint needs none. */
  readonly value: string | undefined;
}

/**
 * The key of an endpoint, from the environment alone: `OPENAI_API_KEY_HOST` where it is set, so that several
 * providers can have their own (`OPENAI_API_KEY_API_Z_AI` for api.z.ai, `…_LOCALHOST_8000` with a port), else
 * `OPENAI_API_KEY`; the same with `ANTHROPIC_API_KEY`.
 *
 * @throws TeacherSpecError a key with characters that no header can carry
 */
export function keyOf(spec: EndpointSpec, environment: NodeJS.ProcessEnv): Key {
  const general = spec.kind === 'openai' ? 'OPENAI_API_KEY' : 'ANTHROPIC_API_KEY';
  const { hostname, host } = new URL(spec.url);
  const candidates = [host, hostname].map(
    (name) => `${general}_${name.toUpperCase().replace(/[^A-Z0-9]+/g, '_')}`,
  );
  const variable = [...candidates, general].find((name) => environment[name]?.trim()) ?? general;
  const value = environment[variable]?.trim();
  if (value === undefined || value === '') return { variable, value: undefined };
  if (!/^[\x21-\x7e]+$/.test(value)) {
    throw new TeacherSpecError(`${variable} holds characters that no key has: set it again.`);
  }
  return { variable, value };
}

/** Placeholders such as EMPTY, which local servers are given, are no secrets and may stand in any text. */
const SHORTEST_SECRET = 16;

/** Takes a key out of a foreign text, where an endpoint sends it back. */
export function withoutKey(text: string, key: string | undefined): string {
  return key === undefined || key.length < SHORTEST_SECRET ? text : text.replaceAll(key, '[key]');
}

/** An answer without the key, should an endpoint have put it there, in pieces even. */
export function messageWithoutKey(message: AssistantMessage, key: string | undefined): AssistantMessage {
  if (key === undefined) return message;
  const whole = JSON.stringify(message);
  if (withoutKey(whole, key) === whole) return message;
  const clean = (text: string) => withoutKey(text, key);
  const calls = message.toolCalls?.map(({ id, name, arguments: text }) => ({
    id: clean(id),
    name: clean(name),
    arguments: clean(text),
  }));
  return {
    role: 'assistant',
    content: clean(message.content),
    ...(message.reasoning === undefined ? {} : { reasoning: clean(message.reasoning) }),
    ...(calls === undefined ? {} : { toolCalls: calls }),
  };
}
