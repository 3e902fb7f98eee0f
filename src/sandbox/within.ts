/** @returns undefined where it takes longer, or the signal is aborted first */
export function within<T>(
  promise: Promise<T>,
  milliseconds: number,
  signal?: AbortSignal,
): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const give = (): void => settle(() => resolve(undefined));
    const timer = setTimeout(give, milliseconds);
    const settle = (how: () => void): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', give);
      how();
    };
    signal?.addEventListener('abort', give, { once: true });
    if (signal?.aborted) give();
    promise.then(
      (value) => settle(() => resolve(value)),
      (error: unknown) => settle(() => reject(error)),
    );
  });
}
