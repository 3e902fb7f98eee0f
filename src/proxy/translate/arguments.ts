import { jsonrepair } from 'jsonrepair';

/** Code units beyond which text that is no JSON is not worth a repair. */
const LONGEST = 1_000_000;

/** Reads a tool call's arguments, repaired where a model has written them badly; undefined where they are no object. */
export function readArguments(text: string): Readonly<Record<string, unknown>> | undefined {
  if (text.trim() === '') return {};
  const value =
    parsed(text) ?? (text.length < LONGEST && /[{"]/.test(text) ? parsed(repaired(text)) : undefined);
  // Some models write the object as a text once more.
  const object = typeof value === 'string' ? parsed(value) : value;
  if (typeof object !== 'object' || object === null || Array.isArray(object)) return undefined;
  return object as Readonly<Record<string, unknown>>;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function repaired(text: string): string {
  try {
    return jsonrepair(text);
  } catch {
    return text;
  }
}
