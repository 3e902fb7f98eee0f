import { randomBytes } from 'node:crypto';
import { UsageError } from '../error.ts';

/**
 * The key that clients must show: the value of a named variable, else 256 random bits.
 *
 * @throws UsageError where the variable is not set
 */
export function chooseKey(
  environment: Readonly<Record<string, string | undefined>>,
  variable?: string,
): string {
  if (variable === undefined) return `sk-${randomBytes(32).toString('base64url')}`;
  const key = environment[variable];
  if (!key) throw new UsageError(`--api-key-env ${variable}: this variable is not set`);
  if (!/^[\x21-\x7e]+$/.test(key))
    throw new UsageError(`the key in ${variable} may hold no spaces or other signs`);
  return key;
}
