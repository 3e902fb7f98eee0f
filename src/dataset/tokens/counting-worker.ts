import { parentPort, workerData } from 'node:worker_threads';
import { loadTokenizer } from './load.ts';

const tokenizer = await loadTokenizer(workerData as string);
parentPort?.on('message', (texts: readonly string[]) => {
  parentPort?.postMessage(texts.map((text) => tokenizer.count(text)));
});
