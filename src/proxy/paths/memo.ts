/** Texts that are remembered, and the code units of the longest. */
const MOST = 2000;
const LONGEST = 4000;

/**
 * Remembers what became of short texts: a history comes again with every request, and reading a command takes longer
 * than finding it.
 */
export function memo(change: (text: string) => string): (text: string) => string {
  const known = new Map<string, string>();
  return (text) => {
    if (text.length > LONGEST) return change(text);
    const before = known.get(text);
    if (before !== undefined) return before;
    const result = change(text);
    if (known.size === MOST) known.clear();
    known.set(text, result);
    return result;
  };
}
