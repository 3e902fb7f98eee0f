import type { Preview } from '../inspect.ts';
import { escapeXml, shortNumber } from './svg.ts';

/** Characters of a message that are shown. */
const LONGEST = 20_000;
/** Characters of a message that are shown without being asked for. */
const OPEN = 1_500;

/** A sample in the list at the side. */
export function sampleEntry({ id, facts }: Preview): string {
  const told = [`${shortNumber(facts.tokens)} tokens`];
  if (facts.steps !== null) told.push(`${facts.steps} steps`);
  if (facts.recall !== null) told.push(`r ${facts.recall.toFixed(2)}`);
  return `<li><button type="button"><b>${escapeXml(id)}</b><span>${told.join(' · ')}</span></button></li>`;
}

/** A sample with all its messages, its pull request and its patch. */
export function sampleArticle({ id, facts, messages, metadata }: Preview): string {
  const told = [
    metadata?.repository,
    metadata?.commit?.slice(0, 12),
    metadata?.function,
    metadata?.topic,
    facts.exit_status,
    facts.ratio < 1 ? `${Math.round(facts.ratio * 100)} % of its steps fit` : null,
  ].filter((each) => each !== null && each !== undefined && each !== '');
  const about = told.map((each) => `<span>${escapeXml(String(each))}</span>`).join('');
  return `<article hidden><h3>${escapeXml(id)}</h3><p class="about">${about}</p>${extra(metadata)}${messages.map(message).join('')}</article>`;
}

function extra(metadata: Preview['metadata']): string {
  const parts: string[] = [];
  if (metadata?.pull_request) {
    parts.push(
      `<details class="extra"><summary>pull request</summary>${text(clip(metadata.pull_request))}</details>`,
    );
  }
  if (metadata?.patch) {
    const lines = `${clip(metadata.patch)}\n`.split('\n').map(diffLine);
    parts.push(`<details class="extra"><summary>patch</summary><pre>${lines.join('\n')}</pre></details>`);
  }
  return parts.join('');
}

function diffLine(line: string): string {
  const kind = /^(\+\+\+|---|diff |index )/.test(line)
    ? 'file'
    : ({ '+': 'plus', '-': 'minus', '@': 'hunk' } as Record<string, string>)[line[0] ?? ''];
  return kind ? `<span class="${kind}">${escapeXml(line)}</span>` : escapeXml(line);
}

function message({ role, content, train }: Preview['messages'][number], index: number): string {
  const folded = role === 'system' || content.length > OPEN;
  const size = `${shortNumber(content.length)} characters`;
  const trained = train ? ' trained' : '';
  return `<details class="message ${escapeXml(role)}${trained}"${folded ? '' : ' open'}><summary><b>${index + 1} ${escapeXml(role)}</b> <span>${size}</span><i>${escapeXml(firstLine(content))}</i></summary>${body(content)}</details>`;
}

/** What an answer thinks and what it calls stand out from what it says. */
function body(content: string): string {
  const shown = clip(content);
  const parts = shown.split(/(<think>.*?<\/think>|<tool_call>.*?<\/tool_call>)/s);
  return parts
    .map((part) => part.replace(/^\n+|\n+$/g, ''))
    .filter((part) => part !== '')
    .map((part) => {
      const [, inner] = /^<think>\n?(.*?)\n?<\/think>$/s.exec(part) ?? [];
      if (inner !== undefined) return `<pre class="think">${escapeXml(inner)}</pre>`;
      const [, json] = /^<tool_call>\n?(.*?)\n?<\/tool_call>$/s.exec(part) ?? [];
      return json === undefined ? text(part) : call(json);
    })
    .join('');
}

/** A call with each argument on lines of its own; what is no such JSON stays as it is. */
function call(json: string): string {
  let read: unknown;
  try {
    read = JSON.parse(json);
  } catch {
    return `<pre class="call">${escapeXml(json)}</pre>`;
  }
  const { name, arguments: values } = (read ?? {}) as { name?: unknown; arguments?: unknown };
  if (typeof values !== 'object' || values === null) return `<pre class="call">${escapeXml(json)}</pre>`;
  const rows = Object.entries(values).map(([key, value]) => {
    const written = typeof value === 'string' ? value : JSON.stringify(value);
    return `<dt>${escapeXml(key)}</dt><dd><pre>${escapeXml(written)}</pre></dd>`;
  });
  return `<div class="call"><b>${escapeXml(String(name))}</b><dl>${rows.join('')}</dl></div>`;
}

function text(content: string): string {
  return `<pre>${escapeXml(content)}</pre>`;
}

function clip(content: string): string {
  const rest = content.length - LONGEST;
  return rest > 0 ? `${content.slice(0, LONGEST)}\n… ${shortNumber(rest)} more characters` : content;
}

function firstLine(content: string): string {
  const lines = content.split('\n', 20);
  return (lines.find((line) => line.trim() !== '' && !/^<\/?[\w]+>$/.test(line.trim())) ?? '').slice(0, 160);
}
