import { PythonNumber, type PythonValue, pythonFloat } from './value.ts';

/** Python gives up near its recursion limit; what a model writes must not exhaust our stack either. */
const DEEPEST = 900;

const SPACE = /[ \t\n\r]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?/y;
const CONSTANTS: ReadonlyMap<string, PythonValue> = new Map<string, PythonValue>([
  ['null', null],
  ['true', true],
  ['false', false],
  ['NaN', pythonFloat(Number.NaN)],
  ['Infinity', pythonFloat(Number.POSITIVE_INFINITY)],
  ['-Infinity', pythonFloat(Number.NEGATIVE_INFINITY)],
]);

/**
 * Reads JSON as Python's `json.loads` does: `NaN` and `Infinity` are numbers, of keys that stand twice the last
 * value counts at the first place.
 *
 * @returns the value, or undefined where the text is not JSON
 */
export function loads(text: string): PythonValue | undefined {
  try {
    const reader = new Reader(text);
    const value = reader.value(0);
    reader.end();
    return value;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(depth: number): PythonValue {
    if (depth > DEEPEST) throw new SyntaxError('nested too deep');
    this.#match(SPACE);
    const value = this.#one(depth);
    this.#match(SPACE);
    return value;
  }

  end(): void {
    if (this.#at < this.#text.length) throw new SyntaxError('text after the value');
  }

  #one(depth: number): PythonValue {
    const first = this.#text[this.#at];
    if (first === '{') return this.#object(depth);
    if (first === '[') return this.#array(depth);
    if (first === '"') return this.#string();
    for (const [word, value] of CONSTANTS) {
      if (this.#text.startsWith(word, this.#at)) {
        this.#at += word.length;
        return value;
      }
    }
    return this.#number();
  }

  #object(depth: number): PythonValue {
    const entries = new Map<string, PythonValue>();
    this.#at += 1;
    this.#match(SPACE);
    if (this.#take('}')) return entries;
    do {
      this.#match(SPACE);
      const key = this.#string();
      this.#match(SPACE);
      if (!this.#take(':')) throw new SyntaxError('a key without a value');
      entries.set(key, this.value(depth + 1));
    } while (this.#take(','));
    if (!this.#take('}')) throw new SyntaxError('an object without an end');
    return entries;
  }

  #array(depth: number): PythonValue {
    const values: PythonValue[] = [];
    this.#at += 1;
    this.#match(SPACE);
    if (this.#take(']')) return values;
    do values.push(this.value(depth + 1));
    while (this.#take(','));
    if (!this.#take(']')) throw new SyntaxError('a list without an end');
    return values;
  }

  #string(): string {
    const start = this.#at;
    if (this.#text[start] !== '"') throw new SyntaxError('no string');
    let end = start + 1;
    while (this.#text[end] !== '"') {
      if (end >= this.#text.length) throw new SyntaxError('a string without an end');
      end += this.#text[end] === '\\' ? 2 : 1;
    }
    this.#at = end + 1;
    return JSON.parse(this.#text.slice(start, this.#at)) as string;
  }

  #number(): PythonValue {
    const [text, fraction, exponent] = this.#match(NUMBER);
    if (!text) throw new SyntaxError('no value');
    if (fraction || exponent) return pythonFloat(Number(text));
    return new PythonNumber(text === '-0' ? '0' : text);
  }

  #take(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at += 1;
    return true;
  }

  #match(pattern: RegExp): readonly (string | undefined)[] {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text) ?? [''];
    this.#at += found[0].length;
    return found;
  }
}
