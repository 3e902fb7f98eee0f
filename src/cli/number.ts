import { InvalidArgumentError } from 'commander';

/** Reads a number from the command line; like the others here, it throws what lets commander name the flag. */
export function toNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('It is not a number.');
  return value;
}

/** Reads a number from 0 to 1. */
export function toShare(text: string): number {
  const value = toNumber(text);
  if (value < 0 || value > 1) throw new InvalidArgumentError('It must be between 0 and 1.');
  return value;
}

/** Reads a whole number from 1 on. */
export function toCount(text: string): number {
  const value = toNumber(text);
  if (!Number.isSafeInteger(value) || value < 1) {
    throw new InvalidArgumentError('It must be a whole number from 1 on.');
  }
  return value;
}

/** Reads a port; with 0 the system chooses one. */
export function toPort(text: string): number {
  if (!/^\d+$/.test(text) || Number(text) > 65_535) {
    throw new InvalidArgumentError('It must be a port, between 0 and 65535.');
  }
  return Number(text);
}
