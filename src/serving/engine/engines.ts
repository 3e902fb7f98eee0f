import type { Engine } from './engine.ts';
import { sglang } from './sglang.ts';
import { vllm } from './vllm.ts';

export const ENGINES: Readonly<Record<Engine['name'], Engine>> = { vllm, sglang };
