import type { Work } from './history.ts';
import type { World } from './world.ts';

const HEAD = 'Work submitted.';
const PATTERN = /(?:^|\n\n)(Work submitted\. (?:Changed: [^\n]*|No file was changed with the editor)\.)$/;

/** What the user reads where the model hands its work in: no coding tool knows of a `submit`. */
export function summaryOf({ kit, paths }: World, works: readonly Work[]): string {
  const files = new Set<string>();
  for (const { call, result } of works.flatMap(({ steps }) => steps)) {
    const tool =
      call.name === kit.edit?.name ? kit.edit : call.name === kit.write?.name ? kit.write : undefined;
    if (tool && result && !result.failed) files.add(String(call.input[tool.path] ?? ''));
  }
  const names = [...files].sort().map((file) => relative(paths.root, file));
  return names.length === 0
    ? `${HEAD} No file was changed with the editor.`
    : `${HEAD} Changed: ${names.join(', ')}.`;
}

function relative(root: string, file: string): string {
  return file.startsWith(`${root}/`) ? file.slice(root.length + 1) : file;
}

/** Takes a summary out of a text again. */
export function splitSummary(text: string): { readonly text: string; readonly summary: string | undefined } {
  const match = PATTERN.exec(text);
  return match ? { text: text.slice(0, match.index), summary: match[1] } : { text, summary: undefined };
}
