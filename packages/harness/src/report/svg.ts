// The few marks that charts are made of, as SVG text. Colours come from the page's style sheet, so that a page can be
// dark or light.

/** So many series have a colour of their own; then they begin again. */
export const SERIES_COLOURS = 8;

/** Makes text safe inside of HTML and SVG. */
export function escapeText(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** Attributes of a mark; numbers are rounded to tenths of a pixel. */
export type Attributes = Readonly<Record<string, string | number>>;

/** A mark, with a text inside of it or a `title` that shows when it is pointed at. */
export function mark(name: string, attributes: Attributes, inside = ''): string {
  const written = Object.entries(attributes).map(
    ([key, value]) => `${key}="${typeof value === 'number' ? rounded(value) : escapeText(value)}"`,
  );
  return `<${name} ${written.join(' ')}>${inside}</${name}>`;
}

/** A text at a place. */
export function label(text: string, attributes: Attributes): string {
  return mark('text', attributes, escapeText(text));
}

/** What shows when a mark is pointed at. */
export function tip(text: string): string {
  return `<title>${escapeText(text)}</title>`;
}

/** A drawing of this size, which its page may make smaller. */
export function drawing(
  size: { width: number; height: number },
  title: string,
  marks: readonly string[],
): string {
  const { width, height } = size;
  const box = `viewBox="0 0 ${width} ${height}" width="${width}" height="${height}"`;
  return `<svg class="chart" role="img" xmlns="http://www.w3.org/2000/svg" ${box}><title>${escapeText(title)}</title>${marks.join('')}</svg>`;
}

function rounded(value: number): string {
  return String(Math.round(value * 10) / 10);
}
