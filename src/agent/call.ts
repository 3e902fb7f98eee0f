import type { AssistantMessage, ToolCall, ToolDefinition } from '../trajectory/index.ts';
import type { Turn } from './profile.ts';

/** A tool call that was understood. */
export interface ReadCall {
  readonly id: string;
  readonly tool: string;
  /** Checked against the tool's parameters; optional ones that were null are left out. */
  readonly arguments: Readonly<Record<string, unknown>>;
}

/** An answer cannot be acted on; the message is what the model reads next. */
export class FormatError extends Error {
  override readonly name = 'FormatError';
}

/** The part of JSON Schema that the tools' parameters are written in. */
interface Parameters {
  readonly properties?: Readonly<Record<string, Parameter>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean;
}

interface Parameter {
  readonly type?: string;
  readonly items?: Parameter;
}

/**
 * Reads a tool call as the model wrote it.
 *
 * @throws FormatError unknown tool, arguments that are not a JSON object, missing, unexpected or of a wrong type
 */
export function readCall(call: ToolCall, tools: readonly ToolDefinition[]): ReadCall {
  const tool = tools.find(({ name }) => name === call.name);
  if (!tool) {
    const names = tools.map(({ name }) => `\`${name}\``).join(', ');
    throw new FormatError(`There is no tool \`${call.name}\`. The tools are: ${names}.`);
  }
  const { properties = {}, required = [], additionalProperties }: Parameters = tool.parameters;
  const given = Object.entries(parseObject(call)).filter(
    ([name, value]) => value !== null || required.includes(name),
  );
  const missing = required.filter((name) => !given.some(([key]) => key === name));
  if (missing.length > 0)
    throw new FormatError(`The call of \`${call.name}\` lacks ${list('argument', missing)}.`);
  const known = given.filter(([name]) => Object.hasOwn(properties, name));
  if (known.length < given.length && additionalProperties === false) {
    const extra = given.map(([name]) => name).filter((name) => !Object.hasOwn(properties, name));
    throw new FormatError(`\`${call.name}\` does not take ${list('the argument', extra)}.`);
  }
  const checked = known.map(([name, value]) => [name, checkedValue(name, value, properties[name] ?? {})]);
  return { id: call.id, tool: call.name, arguments: Object.fromEntries(checked) };
}

/** The turn of an answer that could not be acted on: every call is answered, or the model told where there is none. */
export function malformed({ toolCalls = [] }: AssistantMessage, content: string): Turn {
  if (toolCalls.length === 0) return { type: 'malformed', messages: [{ role: 'user', content }] };
  return {
    type: 'malformed',
    messages: toolCalls.map(({ id }) => ({ role: 'tool', toolCallId: id, content })),
  };
}

function parseObject(call: ToolCall): object {
  let value: unknown;
  try {
    value = call.arguments.trim() === '' ? {} : JSON.parse(call.arguments);
  } catch {
    throw new FormatError(`The arguments of \`${call.name}\` are not valid JSON.`);
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw new FormatError(`The arguments of \`${call.name}\` must be a JSON object.`);
}

function checkedValue(name: string, value: unknown, parameter: Parameter): unknown {
  if (parameter.type === 'string' && typeof value === 'string') {
    if (value.includes('\0')) throw new FormatError(`The argument \`${name}\` holds a NUL character.`);
    return value;
  }
  if (parameter.type === 'integer') {
    const number = typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value;
    if (Number.isSafeInteger(number)) return number;
  }
  if (parameter.type === 'array' && Array.isArray(value)) {
    return value.map((item) => checkedValue(name, item, parameter.items ?? {}));
  }
  const wanted = parameter.items ? `an array of ${parameter.items.type}s` : `of type ${parameter.type}`;
  throw new FormatError(`The argument \`${name}\` must be ${wanted}.`);
}

function list(noun: string, names: readonly string[]): string {
  return `${noun}${names.length > 1 ? 's' : ''} ${names.map((name) => `\`${name}\``).join(', ')}`;
}
