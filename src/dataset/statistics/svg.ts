import type { Distribution } from './statistics.ts';

const WIDTH = 480;
const HEIGHT = 160;
const FLOOR = HEIGHT - 24;
const TOP = 24;

/** A histogram as a picture that stands on its own, readable on light and dark ground. */
export function histogramSvg(title: string, { histogram, min, max, count }: Distribution): string {
  const highest = Math.max(...histogram, 1);
  const width = WIDTH / histogram.length;
  const bars = histogram.map((value, index) => {
    const height = ((FLOOR - TOP) * value) / highest;
    const x = (index * width + 1).toFixed(1);
    return `<rect x="${x}" y="${(FLOOR - height).toFixed(1)}" width="${(width - 2).toFixed(1)}" height="${height.toFixed(1)}"><title>${value}</title></rect>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12" fill="#888" role="img">`,
    `<text x="0" y="14">${escapeXml(title)} (${count})</text>`,
    `<g fill="#4a7dbd">${bars.join('')}</g>`,
    `<text x="0" y="${HEIGHT - 8}">${shortNumber(min)}</text>`,
    `<text x="${WIDTH}" y="${HEIGHT - 8}" text-anchor="end">${shortNumber(max)}</text>`,
    '</svg>\n',
  ].join('\n');
}

/** Four digits are enough to look at. */
export function shortNumber(value: number): string {
  if (Number.isInteger(value)) return value.toLocaleString('en-US');
  return Number(value.toPrecision(4)).toLocaleString('en-US', { maximumFractionDigits: 6 });
}

export function escapeXml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
