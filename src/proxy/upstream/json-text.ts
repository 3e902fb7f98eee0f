interface Written {
  readonly values: readonly object[];
  /** Of the list without what closes it. */
  readonly text: string;
}

/** What lists were last written, by their first value: a conversation's grows from each request to the next. */
const written = new WeakMap<object, Written>();

/** A list as JSON. Where it goes on as one that was written before, with the same objects, only the rest is written. */
export function jsonList(values: readonly object[]): string {
  const [first, ...others] = values;
  if (first === undefined) return '[]';
  const known = written.get(first);
  const before = known?.values.every((value, index) => value === values[index])
    ? known
    : { values: [first], text: `[${JSON.stringify(first)}` };
  const rest = others.slice(before.values.length - 1).map((value) => `,${JSON.stringify(value)}`);
  const text = before.text + rest.join('');
  written.set(first, { values: [...values], text });
  return `${text}]`;
}
