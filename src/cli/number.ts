import { UsageError } from '../error.ts';

/** Reads a number from the command line; like the others here, it throws a UsageError of one line. */
export function toNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new UsageError(`${text} is not a number`);
  return value;
}

/** Reads a number from 0 to 1. */
export function toShare(text: string): number {
  const value = toNumber(text);
  if (value < 0 || value > 1) throw new UsageError(`${text} is not a number from 0 to 1`);
  return value;
}

/** Reads a whole number from 1 on. */
export function toCount(text: string): number {
  const value = toNumber(text);
  if (!Number.isSafeInteger(value) || value < 1) {
    throw new UsageError(`${text} is not a whole number from 1 on`);
  }
  return value;
}

/** Reads a port; with 0 the system chooses one. */
export function toPort(text: string): number {
  if (!/^\d+$/.test(text) || Number(text) > 65_535) {
    throw new UsageError(`${text} is not a port: it must be between 0 and 65535`);
  }
  return Number(text);
}
