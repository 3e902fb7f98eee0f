import { createHash, timingSafeEqual } from 'node:crypto';

/** Checks the keys that clients show against the one there is, in a time that says nothing about it. */
export class KeyCheck {
  readonly #digest: Buffer | undefined;

  /** @param key every client is let in where there is none */
  constructor(key: string | undefined) {
    this.#digest = key === undefined ? undefined : digest(key);
  }

  /** @param headers `x-api-key` as Anthropic's clients send it, `authorization` as OpenAI's do */
  admits(headers: {
    readonly authorization: string | undefined;
    readonly apiKey: string | undefined;
  }): boolean {
    if (this.#digest === undefined) return true;
    const bearer = /^Bearer\s+(.+)$/i.exec(headers.authorization ?? '')?.[1];
    const shown = [headers.apiKey, bearer].filter((key) => key !== undefined);
    return shown.map((key) => timingSafeEqual(digest(key), this.#digest as Buffer)).some(Boolean);
  }
}

/** Equal lengths, whatever was shown. */
function digest(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}
