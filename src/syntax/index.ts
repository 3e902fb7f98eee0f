export type { FoundFunction } from './function.ts';
