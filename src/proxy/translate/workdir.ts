import { isAbsolute } from 'node:path';
import type { ClientRequest } from '../conversation.ts';

/** How coding tools tell their model where it is: Claude Code, opencode, Qwen Code, Codex. */
const PATTERNS = [
  /^\s*-?\s*Primary working directory: (.+)$/m,
  /^\s*-?\s*(?:Current )?[Ww]orking directory: (.+)$/m,
  /currently working in the directory: (.+)$/m,
  /<cwd>(.+)<\/cwd>/,
];

/** The client's folder as it stands at the conversation's beginning, where the client tells it. */
export function workdirOf({ system, turns }: ClientRequest): string | undefined {
  const texts = [
    system,
    ...turns.slice(0, 4).flatMap((turn) => {
      if (turn.type === 'system') return [turn.text];
      if (turn.type !== 'user') return [];
      return turn.parts.flatMap((part) => (part.type === 'text' ? [part.text] : []));
    }),
  ];
  for (const text of texts) {
    for (const pattern of PATTERNS) {
      const folder = pattern
        .exec(text)?.[1]
        ?.trim()
        .replace(/^[`"']|[`"']$/g, '');
      if (folder !== undefined && isAbsolute(folder) && folder !== '/') return folder;
    }
  }
  return undefined;
}
