export { type FilePatch, type Hunk, parsePatch } from './patch.ts';
export { changedLines, lineRecall, matchLines, type Recall } from './recall.ts';
export { type PatchSize, patchSize } from './size.ts';
