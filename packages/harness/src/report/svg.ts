// The SVG elements of charts, as text. Colours come from the page's style sheet, so a page can be dark or light.

/** The number of different series colours; further series reuse the colours. */
export const SERIES_COLOURS = 8;

/** Escapes text for HTML and SVG. */
export function escapeText(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** Attributes of an element; numbers are rounded to tenths of a pixel. */
export type Attributes = Readonly<Record<string, string | number>>;

/** An element, with a text inside or a `title` shown on hover. */
export function mark(name: string, attributes: Attributes, inside = ''): string {
  const written = Object.entries(attributes).map(
    ([key, value]) => `${key}="${typeof value === 'number' ? rounded(value) : escapeText(value)}"`,
  );
  return `<${name} ${written.join(' ')}>${inside}</${name}>`;
}

/** A text at a position. */
export function label(text: string, attributes: Attributes): string {
  return mark('text', attributes, escapeText(text));
}

/** The text shown on hover. */
export function tip(text: string): string {
  return `<title>${escapeText(text)}</title>`;
}

/** A drawing of this size, which a page may scale down. */
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
