export type { Node, Tree } from 'web-tree-sitter';
export { findFunctions, type Survey, surveySource } from './find.ts';
export type { FoundFunction } from './function.ts';
export { LANGUAGES, type Language, languageName, languageOf } from './language.ts';
export { ParseTimeoutError, parse } from './parse.ts';
export { syntaxVersion } from './version.ts';
