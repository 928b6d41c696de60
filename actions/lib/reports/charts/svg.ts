// The few SVG elements charts need, as text. Looks come from classes that the page's style sheet knows, so that one
// drawing fits light, dark and print; coordinates have one decimal, so that bytes are stable.
import { formatNumber } from '#lib/reports/charts/axis.ts';
import { visibleLine } from '#lib/reports/visible.ts';

/** A drawing in its own units, which the page scales to the room there is. */
export interface Svg {
  readonly width: number;
  readonly height: number;
  /** Elements without the surrounding `<svg>`. */
  readonly body: string;
}

/** Attributes by name; numbers are written with one decimal, undefined ones are left out. */
export type Attributes = Readonly<Record<string, string | number | undefined>>;

/** Text for HTML and SVG content and attributes: one visible line without live markup. */
export function escapeXml(text: string): string {
  return visibleLine(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

/** An element; `content` is markup, already escaped. */
export function element(name: string, attributes: Attributes, content = ''): string {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(
      ([key, value]) => ` ${key}="${typeof value === 'number' ? coordinate(value) : escapeXml(`${value}`)}"`,
    )
    .join('');
  return content === '' ? `<${name}${written}/>` : `<${name}${written}>${content}</${name}>`;
}

/** A straight line. */
export function line(
  look: string,
  from: readonly [x: number, y: number],
  to: readonly [x: number, y: number],
): string {
  return element('line', { class: look, x1: from[0], y1: from[1], x2: to[0], y2: to[1] });
}

/** A curve through points; nothing for fewer than two. */
export function polyline(look: string, points: readonly (readonly [x: number, y: number])[]): string {
  if (points.length < 2) return '';
  return element('polyline', {
    class: look,
    points: points.map(([x, y]) => `${coordinate(x)},${coordinate(y)}`).join(' '),
  });
}

/** A dot. */
export function dot(look: string, [cx, cy]: readonly [x: number, y: number], radius: number): string {
  return element('circle', { class: look, cx, cy, r: radius });
}

/** A small triangle with its point at a place. */
export function arrow(look: string, [x, y]: readonly [x: number, y: number], to: 'left' | 'right'): string {
  const back = to === 'left' ? x + 9 : x - 9;
  const corners = [[x, y] as const, [back, y - 5] as const, [back, y + 5] as const];
  return element('polygon', {
    class: look,
    points: corners.map(corner => corner.map(coordinate).join()).join(' '),
  });
}

/** One line of hostile text; `anchor` says which end is at x, and y is its middle. */
export function label(
  look: string,
  text: string,
  { x, y, anchor = 'start', turned = false }: LabelPlace,
): string {
  const transform = turned ? `rotate(-90 ${coordinate(x)} ${coordinate(y)})` : undefined;
  return element('text', { class: look, x, y: y + 4.5, 'text-anchor': anchor, transform }, escapeXml(text));
}

interface LabelPlace {
  readonly x: number;
  readonly y: number;
  readonly anchor?: 'start' | 'middle' | 'end' | undefined;
  /** Reads upwards, for the title of a vertical axis. */
  readonly turned?: boolean | undefined;
}

function coordinate(value: number): string {
  return formatNumber(value, 1).replace(/\.0$/u, '');
}
