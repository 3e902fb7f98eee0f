/** Output as text that every store takes: NUL, which says nothing to a model, becomes a replacement character. */
export function readable(output: string): string {
  return output.replaceAll('\0', '\ufffd');
}
