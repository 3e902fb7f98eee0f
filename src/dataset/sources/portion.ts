import { deserialize, serialize } from 'node:v8';
import { type PackedStage, type Store, type TaskRecord, unpackStage } from '../../store/index.ts';
import { candidatesOf } from '../export.ts';
import { grown } from '../grown.ts';
import { finishedTask } from '../stored.ts';
import { bytesOf, rowsIn } from './files.ts';
import { rowItem } from './row-item.ts';
import { broken, type Meter, type Source, type SourceItem } from './source.ts';

/**
 * Some of a source as it lies there, unread: plain data, so that reading, which takes longer than counting does, can
 * be done by another thread, and so that what is the same bytes again need not be read at all.
 */
export type Portion =
  | LinePortion
  | {
      readonly kind: 'task';
      readonly task: TaskRecord;
      readonly offline: boolean;
      readonly stages: readonly PackedStage[];
    }
  /** What only its own reader understands, read already and packed by `node:v8`. */
  | { readonly kind: 'items'; readonly packed: Uint8Array };

/** Whole lines of a JSONL file, in memory of their own; `first` is the number of the first of them, from 1. */
interface LinePortion {
  readonly kind: 'lines';
  readonly path: string;
  readonly first: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Bytes of lines that make a portion: little enough to hold some of them, enough to be worth a message. */
const PORTION = 1 << 20;
/** Memory for a portion and the rest of its last line. */
const ROOM = PORTION + (1 << 18);
/** Items that make a portion where they come read. */
const ITEMS = 8;
const NEWLINE = 10;

/** The portions of a source, in its order. */
export function portionsOf(source: Pick<Source, 'read' | 'portions'>): AsyncIterable<Portion> {
  return source.portions?.() ?? packItems(source.read());
}

async function* packItems(items: AsyncIterable<SourceItem>): AsyncGenerator<Portion> {
  let batch: SourceItem[] = [];
  for await (const item of items) {
    if (batch.push(item) < ITEMS) continue;
    yield { kind: 'items', packed: serialize(batch) };
    batch = [];
  }
  if (batch.length > 0) yield { kind: 'items', packed: serialize(batch) };
}

/** A JSONL file, packed or not, cut between lines. */
export async function* linePortions(path: string, meter: Meter): AsyncGenerator<Portion> {
  try {
    yield* cutLines(path, meter);
  } catch (error) {
    yield { kind: 'items', packed: serialize([broken(path, error)]) };
  }
}

/** Cut at the first line that ends behind so many bytes, so that the cuts are the same however the file is read. */
async function* cutLines(path: string, meter: Meter): AsyncGenerator<LinePortion> {
  let first = 1;
  let room = Buffer.allocUnsafeSlow(ROOM);
  let size = 0;
  for await (const chunk of bytesOf(path, meter)) {
    for (let rest = chunk; rest.length > 0; ) {
      const from = Math.max(0, PORTION - size);
      const end = from < rest.length ? rest.indexOf(NEWLINE, from) + 1 : 0;
      const taken = rest.subarray(0, end > 0 ? end : rest.length);
      rest = rest.subarray(taken.length);
      if (size + taken.length > room.length) room = grown(room, size, size + taken.length);
      size += taken.copy(room, size);
      if (end === 0) continue;
      const bytes = room.subarray(0, size);
      const next = first + newlines(bytes); // whoever gets the bytes may hand them over to another thread
      yield { kind: 'lines', path, first, bytes };
      first = next;
      room = Buffer.allocUnsafeSlow(ROOM);
      size = 0;
    }
  }
  if (size > 0) yield { kind: 'lines', path, first, bytes: room.subarray(0, size) };
}

/** The finished tasks of a run, one after the other in the run's order. */
export async function* taskPortions(store: Store, run: string): AsyncGenerator<Portion> {
  const { name, offline } = await store.run(run);
  for (const task of await store.tasks(name, ['done'])) {
    yield { kind: 'task', task, offline, stages: await store.packedStages(name, task.id) };
  }
}

function newlines(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) count += 1;
  return count;
}

/** The memory of a portion that can be handed to another thread, so that it is not copied. */
export function memoryOf(portion: Portion): ArrayBuffer[] {
  if (portion.kind === 'lines') return [portion.bytes.buffer];
  const parts = portion.kind === 'task' ? portion.stages.map((stage) => stage.packed) : [portion.packed];
  // Small buffers share a pool with others.
  return parts.flatMap(({ buffer, byteLength }) =>
    buffer instanceof ArrayBuffer && buffer.byteLength === byteLength ? [buffer] : [],
  );
}

/** Reads a portion, in any thread. */
export async function* readPortion(portion: Portion): AsyncGenerator<SourceItem> {
  switch (portion.kind) {
    case 'lines': {
      const { path, first, bytes } = portion;
      for await (const row of rowsIn([Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)], first)) {
        yield await rowItem(row, path);
      }
      break;
    }
    case 'task': {
      const task = finishedTask(portion.task, portion.stages.map(unpackStage), portion.offline);
      for (const candidate of candidatesOf(task)) yield { kind: 'candidate', candidate };
      break;
    }
    case 'items':
      // Only `packItems` makes these bytes.
      yield* deserialize(portion.packed) as SourceItem[];
  }
}
