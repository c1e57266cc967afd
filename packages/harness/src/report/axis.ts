// A scale from values to pixels with ticks: linear, logarithmic, or by percentiles, with steps that are each ten times
// rarer.

/** The scale of an axis. */
export type AxisScale = 'linear' | 'log' | 'percentile';

/** A labelled position on an axis. */
export interface Tick {
  readonly at: number;
  readonly label: string;
}

/** An axis with computed layout. */
export interface Axis {
  readonly ticks: readonly Tick[];
  /** The pixel of a value. */
  readonly place: (value: number) => number;
}

/** Options of an axis. */
export interface AxisOptions {
  readonly scale: AxisScale;
  readonly values: readonly number[];
  /** The pixels of both ends. */
  readonly from: number;
  readonly to: number;
  readonly format: (value: number) => string;
}

/** Computes an axis that shows all values. A logarithmic axis leaves out values of zero and below. */
export function makeAxis(options: AxisOptions): Axis {
  if (options.scale === 'percentile') return percentileAxis(options);
  return options.scale === 'log' ? logAxis(options) : linearAxis(options);
}

function linearAxis({ values, from, to, format }: AxisOptions): Axis {
  const most = largest(values, 0) || 1;
  const least = smallest(values, 0);
  const step = niceStep((most - least) / 5);
  const first = Math.floor(least / step);
  const last = Math.ceil(most / step);
  const place = (value: number) => from + ((value / step - first) / (last - first)) * (to - from);
  const ticks = Array.from({ length: last - first + 1 }, (_, index) => (first + index) * step);
  return { place, ticks: ticks.map((value) => ({ at: place(value), label: format(value) })) };
}

/** 1, 2 or 5 times a power of ten, not below the given one. */
function niceStep(atLeast: number): number {
  const power = 10 ** Math.floor(Math.log10(atLeast));
  return ([1, 2, 5].find((digit) => digit * power >= atLeast * 0.999) ?? 10) * power;
}

function logAxis({ values, from, to, format }: AxisOptions): Axis {
  const shown = values.filter((value) => value > 0);
  const first = Math.floor(Math.log10(shown.length === 0 ? 1 : smallest(shown, Infinity)));
  const last = Math.max(first + 1, Math.ceil(Math.log10(largest(shown, 0) || 1)));
  const place = (value: number) => {
    const exponent = value > 0 ? Math.log10(value) : first;
    return from + ((exponent - first) / (last - first)) * (to - from);
  };
  const every = Math.ceil((last - first + 1) / 8);
  const ticks: Tick[] = [];
  for (let power = first; power <= last; power += every) {
    ticks.push({ at: place(10 ** power), label: format(10 ** power) });
  }
  return { place, ticks };
}

function percentileAxis({ values, from, to }: AxisOptions): Axis {
  const rarity = (percentile: number) => Math.log10(100 / (100 - Math.min(percentile, 99.999)));
  const most = largest(values.map(rarity), 1);
  const place = (percentile: number) => from + (rarity(percentile) / most) * (to - from);
  const ticks = [0, 50, 90, 99, 99.9, 99.99].filter((percentile) => rarity(percentile) <= most + 1e-9);
  return { place, ticks: ticks.map((value) => ({ at: place(value), label: `p${value}` })) };
}

function largest(values: readonly number[], least: number): number {
  return values.reduce((most, value) => Math.max(most, value), least);
}

function smallest(values: readonly number[], most: number): number {
  return values.reduce((least, value) => Math.min(least, value), most);
}
