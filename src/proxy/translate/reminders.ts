const REMINDER =
  /<(system-reminder|environment_context|skills_instructions|permissions instructions)>([\s\S]*?)<\/\1>\n*/g;
/** A reminder that carries the user's own instructions for the project. */
const INSTRUCTIONS =
  /^\s*(?:Contents of [^\n]*(?:instructions|CLAUDE\.md|AGENTS\.md|QWEN\.md)[^\n]*|# claudeMd\b[^\n]*)/m;

/**
 * What the user wrote, without what the client put around it for its own model. The project's instructions stay in
 * the first message: they are the user's too.
 */
export function userText(text: string, isFirst: boolean): string {
  const kept: string[] = [];
  const rest = text.replace(REMINDER, (_, _name, inside: string) => {
    const start = isFirst ? inside.search(INSTRUCTIONS) : -1;
    if (start !== -1) kept.push(inside.slice(start).trim());
    return '';
  });
  return [...kept, rest.trim()].filter((part) => part !== '').join('\n\n');
}
