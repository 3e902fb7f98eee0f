/** Sentences with places in braces, `{function}`, that are filled when spoken and read back when heard. */

export type Places = Readonly<Record<string, string>>;

/** Fills the places of a sentence; one that is not given stays as it is. */
export function say(sentence: string, places: Places): string {
  return sentence.replace(/\{(\w+)\}/g, (whole, name: string) => places[name] ?? whole);
}

export interface Heard {
  readonly places: Places;
  /** Where in the text the sentence begins. */
  readonly index: number;
}

/** Finds a sentence in a text, whatever its line breaks and whatever fills its places. */
export function hear(sentence: string, text: string): Heard[] {
  return [...text.matchAll(patternOf(sentence))].map((match) => ({
    places: { ...match.groups },
    index: match.index,
  }));
}

const patterns = new Map<string, RegExp>();

function patternOf(sentence: string): RegExp {
  let pattern = patterns.get(sentence);
  if (!pattern) {
    const named = new Set<string>();
    const source = sentence
      .split(/(\{\w+\}|\s+)/)
      .map((part) => {
        if (/^\s+$/.test(part)) return '\\s+';
        const place = /^\{(\w+)\}$/.exec(part)?.[1];
        if (place && named.has(place)) return `\\k<${place}>`;
        if (place) named.add(place);
        return place ? `(?<${place}>[^\`\\n]{1,200}?)` : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
      })
      .join('');
    pattern = new RegExp(source, 'g');
    patterns.set(sentence, pattern);
  }
  return pattern;
}
