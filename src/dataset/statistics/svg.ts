import type { Distribution } from './statistics.ts';

const WIDTH = 480;
const HEIGHT = 176;
const FLOOR = HEIGHT - 22;
const TOP = 40;

/** A histogram as a picture that stands on its own, readable on light and dark ground. */
export function histogramSvg(title: string, spread: Distribution): string {
  const { histogram, min, max, median, count } = spread;
  const said = min === max ? `all ${shortNumber(min)}` : `median ${shortNumber(median)}`;
  const middle = max > min ? (WIDTH * (median - min)) / (max - min) : undefined;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="13" fill="#888" role="img">`,
    `<title>${escapeXml(title)}</title>`,
    `<text x="0" y="15" font-weight="bold">${escapeXml(title)}</text>`,
    `<text x="${WIDTH}" y="15" text-anchor="end">${said}, ${shortNumber(count)} samples</text>`,
    `<g fill="#4a7dbd">${bars(spread).join('')}</g>`,
    `<path d="M0 ${FLOOR + 0.5}H${WIDTH}" stroke="#888" stroke-opacity="0.5"/>`,
    ...(middle === undefined
      ? []
      : [`<path d="M${middle.toFixed(1)} ${TOP - 12}V${FLOOR}" stroke="#c2703d" stroke-dasharray="3 3"/>`]),
    `<text x="0" y="${HEIGHT - 6}">${shortNumber(min)}</text>`,
    ...(histogram.length > 1
      ? [`<text x="${WIDTH}" y="${HEIGHT - 6}" text-anchor="end">${shortNumber(max)}</text>`]
      : []),
    '</svg>\n',
  ].join('\n');
}

function bars({ histogram, min, max }: Distribution): string[] {
  const highest = Math.max(...histogram, 1);
  const width = Math.min(WIDTH / 6, WIDTH / histogram.length);
  const step = (max - min) / histogram.length;
  return histogram.map((value, index) => {
    const height = value === 0 ? 0 : Math.max(1, ((FLOOR - TOP) * value) / highest);
    const [x, y] = [(index * width + 1).toFixed(1), (FLOOR - height).toFixed(1)];
    const range = `${shortNumber(min + index * step)} to ${shortNumber(min + (index + 1) * step)}`;
    const told = `<title>${range}: ${shortNumber(value)}</title>`;
    const label =
      value === 0
        ? ''
        : `<text x="${(index * width + width / 2).toFixed(1)}" y="${(FLOOR - height - 4).toFixed(1)}" text-anchor="middle" font-size="10" fill="#888">${shortNumber(value)}</text>`;
    return `<rect x="${x}" y="${y}" width="${(width - 2).toFixed(1)}" height="${height.toFixed(1)}">${told}</rect>${label}`;
  });
}

/** Four digits are enough to look at. */
export function shortNumber(value: number): string {
  if (Number.isInteger(value)) return value.toLocaleString('en-US');
  return Number(value.toPrecision(4)).toLocaleString('en-US', { maximumFractionDigits: 6 });
}

export function escapeXml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
