import { basename, extname } from 'node:path/posix';

/** The languages whose functions are found. `tsx` is TypeScript with JSX, which needs a grammar of its own. */
export const LANGUAGES = [
  'python',
  'typescript',
  'tsx',
  'javascript',
  'go',
  'rust',
  'java',
  'kotlin',
  'c',
  'cpp',
  'csharp',
  'ruby',
  'php',
  'swift',
] as const;

export type Language = (typeof LANGUAGES)[number];

const EXTENSIONS: Readonly<Record<string, Language>> = {
  '.py': 'python',
  '.pyw': 'python',
  '.ts': 'typescript',
  '.mts': 'typescript',
  '.cts': 'typescript',
  '.tsx': 'tsx',
  '.js': 'javascript',
  '.mjs': 'javascript',
  '.cjs': 'javascript',
  '.jsx': 'javascript',
  '.go': 'go',
  '.rs': 'rust',
  '.java': 'java',
  '.kt': 'kotlin',
  '.kts': 'kotlin',
  '.c': 'c',
  '.h': 'c',
  '.cc': 'cpp',
  '.cpp': 'cpp',
  '.cxx': 'cpp',
  '.c++': 'cpp',
  '.hh': 'cpp',
  '.hpp': 'cpp',
  '.hxx': 'cpp',
  '.h++': 'cpp',
  '.ipp': 'cpp',
  '.cs': 'csharp',
  '.rb': 'ruby',
  '.rake': 'ruby',
  '.php': 'php',
  '.swift': 'swift',
};

/** The language of a file by its name, or undefined where it is none of `LANGUAGES`. */
export function languageOf(path: string): Language | undefined {
  return EXTENSIONS[extname(basename(path)).toLowerCase()];
}

/** The language as people call it: `tsx` is `typescript`. */
export function languageName(language: Language): string {
  return language === 'tsx' ? 'typescript' : language;
}
