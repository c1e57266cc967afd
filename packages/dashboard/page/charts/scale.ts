// The height of a scale, and the distribution of values along it.

/** A round number at or a little above the value: the top of a scale. */
export function roundAbove(value: number): number {
  if (!(value > 0) || !Number.isFinite(value)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const steps = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10];
  return (steps.find((step) => step * power >= value) ?? 10) * power;
}

/** The largest value; 0 without one. */
export function most(values: readonly (number | null)[]): number {
  let largest = 0;
  for (const value of values) if (value !== null && value > largest) largest = value;
  return largest;
}

/** Quantiles of some values, by their rank. */
export function ranks(values: readonly number[], parts: readonly number[]): readonly number[] {
  const sorted = values.toSorted((a, b) => a - b);
  return parts.map((part) => sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? 0);
}

/** The number of values in each of some equal parts from 0 to the top, the lowest first. */
export function distribution(values: readonly number[], top: number, parts: number): readonly number[] {
  const counts = new Array<number>(parts).fill(0);
  for (const value of values) {
    const part = Math.min(parts - 1, Math.max(0, Math.floor((value / top) * parts)));
    counts[part] = (counts[part] ?? 0) + 1;
  }
  return counts;
}
