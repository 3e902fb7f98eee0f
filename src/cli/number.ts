import { UsageError } from '../error.ts';

/** Reads a number from the command line. */
export function toNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || Number.isNaN(value)) throw new UsageError(`${text} is not a number`);
  return value;
}

/** Reads a whole number from 1 on. */
export function toCount(text: string): number {
  const value = toNumber(text);
  if (!Number.isInteger(value) || value < 1) throw new UsageError(`${text} is not a whole number from 1 on`);
  return value;
}
