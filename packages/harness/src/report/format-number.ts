// The format of figures for readers: about three digits, and a letter for thousands and more.

const STEPS = [
  [1e9, ' G'],
  [1e6, ' M'],
  [1e3, ' k'],
] as const;

/** A figure with about three digits: `94.2 M`, `12.5 k`, `317`, `0.042`. Small whole numbers keep all digits. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  for (const [step, letter] of STEPS) {
    // A value that would round up to the next unit is written in that unit.
    if (size >= step * 0.9995) return `${fraction(value / step)}${letter}`;
  }
  return Number.isInteger(value) ? String(value) : fraction(value);
}

/** The median with the minimum and maximum in brackets; the median alone without a spread. */
export function formatSpread(spread: { median: number; least: number; most: number }): string {
  const { median, least, most } = spread;
  if (least === most) return formatNumber(median);
  return `${formatNumber(median)} (${formatNumber(least)}–${formatNumber(most)})`;
}

/** A figure, perhaps with a letter for thousands or a percent sign; `=` stands for an unchanged figure. */
const FIGURE = /^(?:[+-]?\d[\d.]*(?: [kMG%])?|=)$/;

/** True for the text of a single figure, which tables put flush right. */
export function isFigure(text: string): boolean {
  return FIGURE.test(text);
}

function fraction(value: number): string {
  const size = Math.abs(value);
  if (size >= 99.95) return value.toFixed(0);
  if (size >= 9.995) return value.toFixed(1);
  if (size >= 0.995) return value.toFixed(2);
  return String(Number(value.toPrecision(2)));
}
