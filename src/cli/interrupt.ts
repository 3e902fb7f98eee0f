import { note } from './output.ts';

/** Ends a command at the user's word: gently at the first, at once at the second. */
export interface Interrupt {
  /** Aborted at the first Ctrl-C: begin nothing new. */
  readonly drain: AbortSignal;
  /** Aborted at the second: end everything. */
  readonly signal: AbortSignal;
  dispose(): void;
}

export function listenForInterrupt(gentle: string): Interrupt {
  const drain = new AbortController();
  const abort = new AbortController();
  const onSignal = () => {
    if (drain.signal.aborted) {
      abort.abort(new DOMException('interrupted', 'AbortError'));
    } else {
      drain.abort();
      note(gentle);
    }
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, onSignal);
  return {
    drain: drain.signal,
    signal: abort.signal,
    dispose: () => {
      for (const signal of signals) process.off(signal, onSignal);
    },
  };
}
