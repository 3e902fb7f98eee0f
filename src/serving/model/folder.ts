import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { notModel } from './kind.ts';
import type { Model } from './model.ts';
import { tensorNames } from './safetensors.ts';
import { readShape } from './shape.ts';

/** Part of a weight's name that activation checkpointing leaves behind and no engine knows. */
const WRAPPER = '_checkpoint_wrapped_module';

const index = z.object({ weight_map: z.record(z.string(), z.string()) });

/** Looks at a model in a folder: its size, and what commonly goes wrong between a trainer and an engine. */
export async function readFolder(folder: string, name = basename(folder)): Promise<Model> {
  const model = { source: folder, place: 'folder', name, faults: [], warnings: [] } as const;
  const files = await readdir(folder);
  const other = await notModel(folder, files);
  if (other) return { ...model, faults: [other] };
  const shape = readShape(await readJson(join(folder, 'config.json')));
  const kinds = ['.safetensors', '.bin'].map((end) => files.filter((file) => file.endsWith(end)));
  const weights = kinds.find((found) => found.length > 0) ?? [];
  const sizes = await Promise.all(weights.map(async (file) => (await stat(join(folder, file))).size));
  return {
    ...model,
    ...(shape && { shape }),
    weightBytes: sizes.reduce((sum, size) => sum + size, 0),
    faults: [
      ...missingFaults(folder, files, await indexedFiles(folder)),
      ...(await nameFaults(folder, weights)),
    ],
    warnings: templateWarnings(folder, await chatTemplate(folder)),
  };
}

function missingFaults(folder: string, files: readonly string[], indexed: readonly string[]): string[] {
  const missing = indexed.filter((file) => !files.includes(file));
  if (missing.length === 0) return [];
  return [
    `${folder} lacks ${missing.length} of ${indexed.length} files of weights (${missing[0]}): copy it again`,
  ];
}

async function indexedFiles(folder: string): Promise<string[]> {
  const parsed = index.safeParse(await readJson(join(folder, 'model.safetensors.index.json')));
  return parsed.success ? [...new Set(Object.values(parsed.data.weight_map))] : [];
}

async function nameFaults(folder: string, weights: readonly string[]): Promise<string[]> {
  for (const file of weights.filter((weight) => weight.endsWith('.safetensors'))) {
    const names = await tensorNames(join(folder, file));
    if (names === undefined) return [`${join(folder, file)} is damaged or cut short: copy it again`];
    if (names.some((name) => name.includes(WRAPPER))) {
      return [`weights in ${join(folder, file)} have "${WRAPPER}" in their names: strip it from every name`];
    }
  }
  return [];
}

/** Without its tools in the template a model is never told of them, and nobody notices but by its answers. */
function templateWarnings(folder: string, template: string | undefined): string[] {
  const advice = "put back the base model's tokenizer_config.json and chat_template.jinja";
  if (template === undefined) return [`${folder} has no chat template: ${advice}`];
  if (!/\btools\b/.test(template)) return [`the chat template of ${folder} leaves out the tools: ${advice}`];
  return [];
}

async function chatTemplate(folder: string): Promise<string | undefined> {
  const file = await readFile(join(folder, 'chat_template.jinja'), 'utf8').catch(() => undefined);
  if (file !== undefined) return file;
  const settings = await readJson(join(folder, 'tokenizer_config.json'));
  if (typeof settings !== 'object' || settings === null || !('chat_template' in settings)) return undefined;
  const template = settings.chat_template;
  return typeof template === 'string' ? template : JSON.stringify(template);
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch {
    return undefined;
  }
}
