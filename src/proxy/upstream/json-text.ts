/** Texts of values that come again with the next request of a conversation. */
const written = new WeakMap<object, string>();

/** A list as JSON, each of whose values is written once, as long as it is the same object. */
export function jsonList(values: readonly object[]): string {
  const texts = values.map((value) => {
    const known = written.get(value);
    if (known !== undefined) return known;
    const text = JSON.stringify(value);
    written.set(value, text);
    return text;
  });
  return `[${texts.join(',')}]`;
}
