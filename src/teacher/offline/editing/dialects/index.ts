import type { Language } from '../../../../syntax/index.ts';
import { c, cpp } from './c.ts';
import { csharp } from './csharp.ts';
import type { Dialect } from './dialect.ts';
import { go } from './go.ts';
import { java } from './java.ts';
import { javascript } from './javascript.ts';
import { kotlin } from './kotlin.ts';
import { php } from './php.ts';
import { python } from './python.ts';
import { ruby } from './ruby.ts';
import { rust } from './rust.ts';
import { swift } from './swift.ts';

export { type Dialect, withoutBrackets, words } from './dialect.ts';

/** What is known of each language. */
export const DIALECTS: Readonly<Record<Language, Dialect>> = {
  python,
  typescript: javascript,
  tsx: javascript,
  javascript,
  go,
  rust,
  java,
  kotlin,
  c,
  cpp,
  csharp,
  ruby,
  php,
  swift,
};
