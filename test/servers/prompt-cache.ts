import { tokens } from './script.ts';

interface Cacheable {
  readonly tools?: readonly object[] | undefined;
  readonly system?: string | readonly object[] | undefined;
  readonly messages: readonly { readonly role: string; readonly content: string | readonly object[] }[];
}

/** Blocks before a mark that are looked at for what an earlier request has written. */
const LOOKBACK = 20;

/**
 * Anthropic's prompt cache, as documented: the prompt up to each mark is written; a request reads the longest written
 * prefix that ends at one of its marks or up to 20 blocks before it; the marks themselves are not compared.
 */
export function promptCache(): {
  count(request: Cacheable): { input: number; read: number; written: number };
} {
  const cached = new Set<string>();
  return {
    count: (request) => {
      const { prefixes, marks } = layOut(request);
      const reach = marks.flatMap((mark) => prefixes.slice(Math.max(0, mark - LOOKBACK), mark + 1));
      const read = reach
        .filter((prefix) => cached.has(prefix))
        .reduce((most, one) => Math.max(most, one.length), 0);
      for (const mark of marks) cached.add(prefixes[mark] ?? '');
      const last = prefixes[marks.at(-1) ?? -1]?.length ?? 0;
      const all = prefixes.at(-1)?.length ?? 0;
      const count = (characters: number) => tokens(' '.repeat(characters));
      return { input: count(all), read: count(read), written: Math.max(0, count(last) - count(read)) };
    },
  };
}

/** The prompt's text up to and with each block, and which blocks are marked. */
function layOut(request: Cacheable): { prefixes: string[]; marks: number[] } {
  const blocks = [
    ...(request.tools ?? []),
    ...listed(request.system),
    ...request.messages.flatMap(({ role, content }) => listed(content).map((block) => ({ role, ...block }))),
  ];
  const prefixes: string[] = [];
  const marks: number[] = [];
  let prefix = '';
  for (const [position, block] of blocks.entries()) {
    const { cache_control: mark, ...rest } = block as { cache_control?: unknown };
    prefix += JSON.stringify(rest);
    prefixes.push(prefix);
    if (mark !== undefined) marks.push(position);
  }
  return { prefixes, marks };
}

function listed(content: string | readonly object[] | undefined): readonly object[] {
  return typeof content === 'string' ? [{ type: 'text', text: content }] : (content ?? []);
}
