import type { Dialect } from './dialects/index.ts';
import type { Source } from './source.ts';

/** The words of a name: `getUserName`, `get_user_name` and `HTTPServer` give their parts in lower case. */
export function wordsOf(name: string): string[] {
  return name
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .split(/[^A-Za-z\d]+/)
    .filter(Boolean)
    .map((word) => word.toLowerCase());
}

/** A name of several words as the language writes it. */
export function joinName(dialect: Dialect, parts: readonly string[]): string {
  const all = parts.flatMap(wordsOf);
  if (dialect.naming === 'snake') return all.join('_');
  return all
    .map((word, index) => (index === 0 ? word : word.charAt(0).toUpperCase() + word.slice(1)))
    .join('');
}

/** True where a name stands nowhere in the function yet and is none of the common keywords. */
export function isFree(source: Source, name: string): boolean {
  return (
    /^[A-Za-z_$][\w$]*$/.test(name) &&
    !KEYWORDS.has(name) &&
    !new RegExp(`\\b${name.replace(/\$/g, '\\$')}\\b`).test(source.text)
  );
}

const KEYWORDS = new Set(
  `abstract and as assert async await bool break byte case catch char class const continue def default defer del do
   double elif else elsif end ensure enum except export extends false final finally float fn for from func function
   global go goto if impl import in int interface internal is lambda let long loop match mod module move mut namespace
   new nil nonlocal not null object operator or override package pass private protected protocol public raise range ref
   register rescue return self short sizeof static string struct super switch template then this throw trait true try
   type typeof union unless unsafe until unsigned use using val var virtual void volatile when where while with yield`.split(
    /\s+/,
  ),
);
