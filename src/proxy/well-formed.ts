import { z } from 'zod';
import { ProxyFault } from './fault.ts';

/**
 * What a client has sent, as its protocol has it.
 *
 * @param what is named where it is not
 * @throws ProxyFault it has another form
 */
export function wellFormed<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  what?: string,
): z.infer<Schema> {
  const { data, error } = schema.safeParse(value);
  if (!error) return data;
  const problem = z.prettifyError(error);
  throw new ProxyFault('invalid', what === undefined ? problem : `${what}: ${problem}`);
}
