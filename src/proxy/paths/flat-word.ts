import type { DoubleQuotedChild, HereDocBody, Word, WordPart } from 'unbash';
import { UNKNOWN } from './boundary.ts';

/**
 * How a character of a word is quoted, so how another must be written in its place. `default` is the default value of
 * a parameter inside double quotes, `"${x:-HERE}"`.
 */
export type Quoting = 'none' | 'single' | 'double' | 'default' | 'ansi' | 'document' | 'verbatim';

/** A word as the shell sees it after quote removal, and where each character of it stands in the source. */
export interface FlatWord {
  readonly value: string;
  readonly units: readonly Unit[];
}

/** One code unit of a word's value. */
export interface Unit {
  readonly start: number;
  readonly end: number;
  readonly quoting: Quoting;
}

/** @param around how the word is quoted by what it stands in */
export function flattenWord(source: string, word: Word, around: Quoting): FlatWord {
  const flat = new Flattening(source);
  if (word.parts === undefined) flat.escaped(word.pos, word.end, around);
  else flat.parts(word.parts, around);
  return flat;
}

/** @param quoted whether the delimiter was quoted, so that nothing in the text is expanded */
export function flattenDocument(source: string, body: HereDocBody, quoted: boolean): FlatWord {
  const flat = new Flattening(source);
  if (quoted) flat.verbatim(body.pos, body.end, 'verbatim');
  else if (body.parts === undefined) flat.escaped(body.pos, body.end, 'document');
  else flat.parts(body.parts, 'document');
  return flat;
}

/** What a backslash takes its meaning from, in each quoting. */
const ESCAPABLE: Readonly<Partial<Record<Quoting, string>>> = {
  double: '$`"\\\n',
  default: '$`"\\\n',
  document: '$`\\\n',
};
const ANSI: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '\\': '\\', "'": "'", '"': '"' };

class Flattening implements FlatWord {
  value = '';
  readonly units: Unit[] = [];
  readonly #source: string;

  constructor(source: string) {
    this.#source = source;
  }

  parts(parts: readonly (WordPart | DoubleQuotedChild)[], quoting: Quoting): void {
    for (const part of parts) this.#part(part, quoting);
  }

  verbatim(start: number, end: number, quoting: Quoting): void {
    for (let at = start; at < end; at += 1) this.#add(this.#source.charAt(at), at, at + 1, quoting);
  }

  /** Text in which a backslash quotes. */
  escaped(start: number, end: number, quoting: Quoting): void {
    const escapable = ESCAPABLE[quoting];
    for (let at = start; at < end; at += 1) {
      const character = this.#source.charAt(at);
      const next = this.#source.charAt(at + 1);
      const escapes = character === '\\' && at + 1 < end && (escapable?.includes(next) ?? true);
      if (!escapes) this.#add(character, at, at + 1, quoting);
      else if (next !== '\n') this.#add(next, at, at + 2, quoting);
      if (escapes) at += 1;
    }
  }

  #part(part: WordPart | DoubleQuotedChild, quoting: Quoting): void {
    switch (part.type) {
      case 'Literal':
        this.escaped(part.pos, part.end, quoting);
        break;
      case 'SingleQuoted':
        this.verbatim(part.pos + 1, part.end - 1, 'single');
        break;
      case 'AnsiCQuoted':
        this.#ansi(part.pos + 2, part.end - 1);
        break;
      case 'DoubleQuoted':
      case 'LocaleString':
        this.parts(part.parts, 'double');
        break;
      case 'Glob':
      case 'BraceExpansion':
      case 'ExtendedGlob':
        this.#withGaps(part, quoting);
        break;
      default:
        this.#add(UNKNOWN, part.pos, part.end, quoting);
    }
  }

  /** A pattern or a brace expansion: what stands between its parts is its own. */
  #withGaps(
    part: { pos: number; end: number; parts?: readonly WordPart[] | undefined },
    quoting: Quoting,
  ): void {
    let at = part.pos;
    for (const inner of part.parts ?? []) {
      this.escaped(at, inner.pos, quoting);
      this.#part(inner, quoting);
      at = inner.end;
    }
    this.escaped(at, part.end, quoting);
  }

  #ansi(start: number, end: number): void {
    for (let at = start; at < end; at += 1) {
      const character = this.#source.charAt(at);
      if (character === '\\') {
        this.#add(ANSI[this.#source.charAt(at + 1)] ?? UNKNOWN, at, at + 2, 'ansi');
        at += 1;
      } else this.#add(character, at, at + 1, 'ansi');
    }
  }

  #add(character: string, start: number, end: number, quoting: Quoting): void {
    this.value += character;
    this.units.push({ start, end, quoting });
  }
}
