import { Fault } from './fault.ts';

export interface WatchLimits {
  /** Seconds from a request's start to the end of its answer. */
  readonly callSeconds: number;
  /** Seconds in which no byte comes. */
  readonly stallSeconds: number;
}

/** Ends a request that takes too long, has fallen silent, or is no longer wanted. */
export interface Watch {
  /** Aborted by a limit or by the caller. */
  readonly signal: AbortSignal;
  /** Says that something came. */
  touch(): void;
  /** The answer is complete: the connection may close by itself within so many milliseconds. */
  closeWithin(milliseconds: number): void;
  /** The limit that ended the request, if one did. */
  fault(): Fault | undefined;
  stop(): void;
}

export function watch(limits: WatchLimits, caller: AbortSignal | undefined): Watch {
  const controller = new AbortController();
  let fault: Fault | undefined;
  const end = (reason: string) => {
    fault ??= new Fault('transient', reason);
    controller.abort(fault);
  };
  const cancel = () => controller.abort(caller?.reason);
  if (caller?.aborted) cancel();
  caller?.addEventListener('abort', cancel, { once: true });
  const call = setTimeout(end, limits.callSeconds * 1000, `took longer than ${limits.callSeconds} s`);
  const stall = setTimeout(end, limits.stallSeconds * 1000, `sent nothing for ${limits.stallSeconds} s`);
  let closing: NodeJS.Timeout | undefined;
  return {
    signal: controller.signal,
    touch: () => stall.refresh(),
    closeWithin: (milliseconds) => {
      closing = setTimeout(() => controller.abort(), milliseconds);
    },
    fault: () => fault,
    stop: () => {
      for (const timer of [call, stall, closing]) clearTimeout(timer);
      caller?.removeEventListener('abort', cancel);
      controller.abort();
    },
  };
}
