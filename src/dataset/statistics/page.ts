import type { Inspection, Preview } from '../inspect.ts';
import { escapeXml, histogramSvg, shortNumber } from './svg.ts';

/** Characters of a message that are shown. */
const LONGEST = 20_000;

/** One page that needs nothing else: numbers, pictures, and samples to leaf through. */
export function inspectionPage({ source, broken, limit, statistics, previews }: Inspection): string {
  const { samples, numbers, categories, tools } = statistics;
  const pictures = Object.entries(numbers).map(
    ([field, spread]) => `<figure>${histogramSvg(field, spread)}</figure>`,
  );
  const rows = Object.entries(numbers).map(([field, { count, mean, median, p95, min, max }]) =>
    row([field, ...[count, mean, median, p95, min, max].map(shortNumber)]),
  );
  const lists = Object.entries({ ...categories, tools }).map(([field, counts]) => {
    const items = Object.entries(counts).slice(0, 20);
    return `<section><h3>${escapeXml(field)}</h3><table>${items.map(([name, count]) => row([name, shortNumber(count)])).join('')}</table></section>`;
  });
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<title>${escapeXml(source)}</title><style>${STYLE}</style></head><body>
<h1>${escapeXml(source)}</h1>
<p>${shortNumber(samples)} samples, ${shortNumber(broken)} broken; the limit is ${shortNumber(limit)} tokens.</p>
<table><tr><th></th><th>samples</th><th>mean</th><th>median</th><th>95 %</th><th>min</th><th>max</th></tr>${rows.join('')}</table>
<div class="grid">${pictures.join('')}</div>
<div class="grid">${lists.join('')}</div>
<h2>Samples</h2>
<p><button id="back">←</button> <button id="on">→</button> <span id="at"></span></p>
${previews.map(article).join('\n')}
<script>${SCRIPT}</script></body></html>
`;
}

function article({ id, facts, messages }: Preview): string {
  const shown = messages.map(({ role, content }) => {
    const rest = content.length - LONGEST;
    const more = rest > 0 ? `\n… ${shortNumber(rest)} more characters` : '';
    return `<div class="${escapeXml(role)}"><b>${escapeXml(role)}</b><pre>${escapeXml(content.slice(0, LONGEST) + more)}</pre></div>`;
  });
  const told = [`${shortNumber(facts.tokens)} tokens`, `${facts.steps} steps`];
  if (facts.recall !== null) told.push(`recall ${shortNumber(facts.recall)}`);
  return `<article hidden><h3>${escapeXml(id)}</h3><p>${told.join(', ')}</p>${shown.join('')}</article>`;
}

function row(cells: readonly string[]): string {
  return `<tr>${cells.map((cell) => `<td>${escapeXml(cell)}</td>`).join('')}</tr>`;
}

const STYLE = `
:root{color-scheme:light dark}body{font:15px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse}td,th{padding:.15rem .8rem .15rem 0;text-align:right}td:first-child{text-align:left}
.grid{display:grid;grid-template-columns:repeat(auto-fill,minmax(20rem,1fr));gap:1rem;margin:1rem 0}figure{margin:0}
pre{white-space:pre-wrap;overflow-wrap:anywhere;max-height:30rem;overflow:auto;margin:.2rem 0}
article>div{border-left:4px solid #8886;padding-left:.8rem;margin:.6rem 0}article>.assistant{border-color:#4a7dbd}
article>.user{border-color:#7a9a5a}`;

const SCRIPT = `
const all=[...document.querySelectorAll('article')];let at=0;
const show=(next)=>{if(!all.length)return;all[at].hidden=true;at=(next+all.length)%all.length;all[at].hidden=false;
document.getElementById('at').textContent=(at+1)+' of '+all.length};
document.getElementById('back').onclick=()=>show(at-1);document.getElementById('on').onclick=()=>show(at+1);
addEventListener('keydown',(e)=>{if(e.key==='ArrowLeft')show(at-1);if(e.key==='ArrowRight')show(at+1)});show(0);`;
