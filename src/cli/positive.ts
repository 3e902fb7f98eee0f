import { InvalidArgumentError } from 'commander';

/** Reads a whole number from 1 on. */
export function readPositive(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new InvalidArgumentError('it is a whole number from 1 on.');
  return value;
}
