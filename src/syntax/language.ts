import { extname } from 'node:path/posix';

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

/**
 * The language of a file by its name, or undefined where it is none of `LANGUAGES`. A `.h` is C, or C++ where
 * its source is given and shows it.
 */
export function languageOf(path: string, source = ''): Language | undefined {
  const extension = extname(path).toLowerCase();
  if (extension === '.h' && CPP_ONLY.test(source)) return 'cpp';
  return EXTENSIONS[extension];
}

const CPP_ONLY =
  /^[ \t]*(?:namespace\b[^;]*\{|template\s*<|using\s+\w|class\s+\w[^;]*\{|(?:public|private|protected)\s*:)|\bstd::/m;

/** The language as people call it: `tsx` is `typescript`. */
export function languageName(language: Language): string {
  return language === 'tsx' ? 'typescript' : language;
}
