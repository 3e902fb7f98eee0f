/** What a model's text is made of where its server leaves the tags of its format in it. */
export type TaggedPiece =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'think'; readonly text: string }
  /** What stood between the tags of a tool call. */
  | { readonly type: 'call'; readonly text: string };

const TAGS = { think: ['<think>', '</think>'], call: ['<tool_call>', '</tool_call>'] } as const;

/**
 * Takes a streamed text apart at `<think>` at its start and `<tool_call>` anywhere. Nothing is held back but what may
 * be the beginning of a tag, a call that has not ended, and white space that nothing follows yet.
 */
export class TagReader {
  #state: 'text' | 'think' | 'call' = 'text';
  #held = '';
  /** Whether text has been given out, before which white space means nothing. */
  #begun = false;
  readonly #calls: boolean;

  /** @param calls whether the model was offered tools */
  constructor(calls: boolean) {
    this.#calls = calls;
  }

  read(text: string): TaggedPiece[] {
    this.#held += text;
    const pieces: TaggedPiece[] = [];
    while (this.#step(pieces));
    return pieces;
  }

  /** What is left when the text has ended; a call whose end never came is one all the same. */
  end(): TaggedPiece[] {
    const rest = this.#held;
    this.#held = '';
    if (this.#state === 'call') return [{ type: 'call', text: rest }];
    return rest.trim() === '' ? [] : [{ type: this.#state, text: this.#begun ? rest : rest.trimStart() }];
  }

  #step(pieces: TaggedPiece[]): boolean {
    switch (this.#state) {
      case 'text':
        return this.#text(pieces);
      case 'think':
        return this.#until('think', pieces);
      case 'call':
        return this.#until('call', pieces);
    }
  }

  #text(pieces: TaggedPiece[]): boolean {
    if (!this.#begun) {
      const start = this.#held.trimStart();
      if (start.startsWith(TAGS.think[0])) return this.#enter('think', start.slice(TAGS.think[0].length));
      if (start === '' || TAGS.think[0].startsWith(start)) return false;
      this.#held = start;
    }
    const tag = TAGS.call[0];
    const place = this.#calls ? this.#held.indexOf(tag) : -1;
    const end = place === -1 ? this.#held.length - partial(this.#held, this.#calls ? tag : '') : place;
    const text = this.#held.slice(0, end);
    // White space stays with what follows it: before a call, or at the end, it is nobody's.
    const shown = text.trimEnd();
    if (shown !== '') {
      pieces.push({ type: 'text', text: shown });
      this.#begun = true;
    }
    if (place !== -1) return this.#enter('call', this.#held.slice(place + tag.length));
    this.#held = this.#held.slice(shown.length);
    return false;
  }

  #until(type: 'think' | 'call', pieces: TaggedPiece[]): boolean {
    const tag = TAGS[type][1];
    const place = this.#held.indexOf(tag);
    if (type === 'think') {
      const end = place === -1 ? this.#held.length - partial(this.#held, tag) : place;
      if (end > 0) pieces.push({ type, text: this.#held.slice(0, end) });
      if (place === -1) this.#held = this.#held.slice(end);
    }
    if (place === -1) return false;
    if (type === 'call') pieces.push({ type, text: this.#held.slice(0, place) });
    const rest = this.#held.slice(place + tag.length);
    return this.#enter('text', type === 'think' ? rest.trimStart() : rest);
  }

  #enter(state: 'text' | 'think' | 'call', rest: string): true {
    this.#state = state;
    this.#held = rest;
    return true;
  }
}

/** How many characters at the end of a text may begin a tag. */
function partial(text: string, tag: string): number {
  for (let length = Math.min(text.length, tag.length - 1); length > 0; length -= 1) {
    if (text.endsWith(tag.slice(0, length))) return length;
  }
  return 0;
}
