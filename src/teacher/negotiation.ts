import { Fault } from './fault.ts';

export interface Concession<Dialect> {
  readonly dialect: Dialect;
  /** For the log: `takes no temperature and uses its own`. */
  readonly what: string;
}

/**
 * Asks an endpoint in the dialect it is known to accept. Where it rejects a request and names a parameter that can
 * be done without, the request is made again at once, and all later ones, without it.
 *
 * @param concede the next dialect for a rejection's message, or undefined where there is nothing to give up
 */
export function negotiation<Dialect>(
  first: Dialect,
  concede: (dialect: Dialect, complaint: string) => Concession<Dialect> | undefined,
  log: (what: string) => void,
): <Result>(ask: (dialect: Dialect) => Promise<Result>) => Promise<Result> {
  let current = first;
  return async (ask) => {
    for (;;) {
      const used = current;
      try {
        return await ask(used);
      } catch (error) {
        if (!(error instanceof Fault) || error.kind !== 'rejected') throw error;
        // Another request may have learned the same meanwhile.
        if (used !== current) continue;
        const concession = concede(used, error.message);
        if (concession === undefined) throw error;
        current = concession.dialect;
        log(concession.what);
      }
    }
  };
}
