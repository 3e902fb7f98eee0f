import type { ModelShape } from './shape.ts';

/** A model as an engine will find it. */
export interface Model {
  /** A folder's absolute path, or an id on the Hugging Face Hub. */
  readonly source: string;
  readonly place: 'folder' | 'hub';
  /** What clients call it. */
  readonly name: string;
  readonly shape?: ModelShape;
  /** Bytes of the weights as stored. */
  readonly weightBytes?: number;
  /** What would keep it from working, each with what to do. */
  readonly faults: readonly string[];
  /** What may surprise. */
  readonly warnings: readonly string[];
}
