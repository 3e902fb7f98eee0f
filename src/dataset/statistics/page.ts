import type { Inspection } from '../inspect.ts';
import { SCRIPT, STYLE } from './page-look.ts';
import { sampleArticle, sampleEntry } from './page-sample.ts';
import type { Statistics } from './statistics.ts';
import { escapeXml, histogramSvg, shortNumber } from './svg.ts';

/** Values of a field that are listed. */
const LISTED = 12;

/** One page that needs nothing else: numbers, pictures, and samples to leaf through. */
export function inspectionPage(found: Inspection): string {
  const { source, statistics, previews } = found;
  const pictures = Object.entries(statistics.numbers).map(
    ([field, spread]) => `<figure>${histogramSvg(field, spread)}</figure>`,
  );
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<title>${escapeXml(source)}</title><style>${STYLE}</style></head><body>
<header><h1>${escapeXml(source)}</h1><nav><a href="#numbers">numbers</a><a href="#fields">fields</a><a href="#samples">samples</a></nav></header>
<main>
<dl class="facts">${facts(found).join('')}</dl>
<section id="numbers"><h2>Numbers</h2><div class="grid">${pictures.join('')}</div>
<div class="wide">${numbersTable(statistics)}</div></section>
<section id="fields"><h2>Fields</h2><div class="grid">${lists(statistics).join('')}</div></section>
<section id="samples"><h2>Samples</h2>
<p class="hint">${shownOf(previews.length, statistics.samples)} <kbd>j</kbd> <kbd>k</kbd> next and previous sample, <kbd>/</kbd> search, <kbd>e</kbd> open or fold every message. A blue edge marks what is trained on.</p>
<div class="browser"><aside><input id="search" type="search" placeholder="search all messages" aria-label="search all messages"><ol>${previews.map(sampleEntry).join('')}</ol></aside>
<div id="shown">${previews.map(sampleArticle).join('\n')}</div></div></section>
</main><script>${SCRIPT}</script></body></html>
`;
}

function shownOf(shown: number, all: number): string {
  return shown < all ? `The first ${shortNumber(shown)} of ${shortNumber(all)}.` : '';
}

function facts({ statistics, broken, limit }: Inspection): string[] {
  const { samples, numbers } = statistics;
  const told: [string, string][] = [['samples', shortNumber(samples)]];
  if (broken > 0) told.push(['broken', shortNumber(broken)]);
  if (numbers.tokens) told.push(['tokens', shortNumber(numbers.tokens.sum)]);
  told.push([`fit ${shortNumber(limit)} tokens`, `${shortNumber(statistics.whole)} samples`]);
  if (numbers.recall) told.push(['mean recall', shortNumber(numbers.recall.mean)]);
  if (numbers.cost_usd) told.push(['cost', `$${numbers.cost_usd.sum.toFixed(2)}`]);
  return told.map(([name, value]) => `<div><dt>${name}</dt><dd>${escapeXml(value)}</dd></div>`);
}

function numbersTable({ numbers }: Statistics): string {
  const heads = ['', 'samples', 'mean', 'median', '95 %', 'min', 'max'];
  const rows = Object.entries(numbers).map(([field, { count, mean, median, p95, min, max }]) =>
    [field, ...[count, mean, median, p95, min, max].map(shortNumber)].map((cell) => `<td>${cell}</td>`),
  );
  const head = heads.map((cell) => `<th>${cell}</th>`).join('');
  return `<table><tr>${head}</tr>${rows.map((cells) => `<tr>${cells.join('')}</tr>`).join('')}</table>`;
}

/** The values of each field with a bar for how frequent they are. */
function lists({ categories, tools }: Statistics): string[] {
  return Object.entries({ ...categories, 'tool calls': tools }).flatMap(([field, counts]) => {
    const all = Object.entries(counts);
    const most = all[0]?.[1] ?? 0;
    if (all.length === 0) return [];
    const items = all.slice(0, LISTED).map(([name, count]) => {
      const width = ((100 * count) / most).toFixed(1);
      return `<li style="--share:${width}%"><span>${escapeXml(name)}</span><b>${shortNumber(count)}</b></li>`;
    });
    const rest = all.length - items.length;
    const more = rest > 0 ? `<li class="more">${shortNumber(rest)} more</li>` : '';
    return [`<section><h3>${escapeXml(field)}</h3><ul class="bars">${items.join('')}${more}</ul></section>`];
  });
}
