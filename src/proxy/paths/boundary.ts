/** Stands in a flattened shell word for an expansion, whose value nobody knows. */
export const UNKNOWN = '\uFFFC';

/**
 * What may stand before a path: nothing, or a character that cannot belong to a longer path; a URL's scheme; an
 * option's letter (`-I/usr/include`); an escape that a program printed (`\n`); a terminal's colour.
 */
const OPENS =
  /(?:^|[^\p{L}\p{N}_.~/)}\]\uFFFC-]|:\/\/|(?:^|[\s'"=,(])-[A-Za-z]|\\[abfnrtv]|\p{Cc}\[[\d;]*m)$/u;
/** What may stand behind it: a longer name begins otherwise. */
const CLOSES = /^(?![\p{L}\p{N}_~+@-]|\.[\p{L}\p{N}_])/u;
/** Characters that the patterns look at. */
const REACH = 12;

/** Whether the text between `start` and `end` is a path of its own there, or begins one, and is not part of another name. */
function isPath(text: string, start: number, end: number): boolean {
  return (
    OPENS.test(text.slice(Math.max(0, start - REACH), start)) && CLOSES.test(text.slice(end, end + REACH))
  );
}

/** Where a root stands in a text as a path. */
export function placesOf(text: string, root: string): number[] {
  const places: number[] = [];
  for (let at = text.indexOf(root); at !== -1; at = text.indexOf(root, at + root.length)) {
    if (isPath(text, at, at + root.length)) places.push(at);
  }
  return places;
}

/** Puts one root in the place of another wherever it stands as a path. */
export function replaceRoot(text: string, from: string, to: string): string {
  const places = placesOf(text, from);
  if (places.length === 0) return text;
  let result = '';
  let done = 0;
  for (const place of places) {
    result += text.slice(done, place) + to;
    done = place + from.length;
  }
  return result + text.slice(done);
}
