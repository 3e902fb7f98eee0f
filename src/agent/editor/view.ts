import { head, isLonger } from '../clip.ts';
import { expandTabs } from './tabs.ts';

/** Characters of a file that one answer of the editor shows. */
export const VIEW_LIMIT = 16_000;

const CLIPPED =
  '<response clipped><NOTE>The rest is left out to save context. Find the lines you need with `grep -n`, then view them with `view_range`.</NOTE>';

export function clipView(text: string): string {
  return isLonger(text, VIEW_LIMIT) ? head(text, VIEW_LIMIT) + CLIPPED : text;
}

/**
 * Text as `cat -n` prints it, tabs expanded, clipped at `VIEW_LIMIT` characters of the text itself.
 *
 * @param description what stands behind "running `cat -n` on"
 * @param firstLine the number of the text's first line
 */
export function numbered(text: string, description: string, firstLine = 1): string {
  const lines = clipView(text)
    .split('\n')
    .map((line, index) => `${String(firstLine + index).padStart(6)}\t${expandTabs(line)}`);
  return `Here's the result of running \`cat -n\` on ${description}:\n${lines.join('\n')}\n`;
}
