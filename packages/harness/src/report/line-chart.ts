// Curves: the growth of one quantity with another, percentiles of a delay, or a quantity over time. Each point may have a
// spread, and straight lines may mark limits.
import { type Axis, type AxisScale, makeAxis } from './axis.ts';
import { chartPlan, type ChartPlan } from './chart-plan.ts';
import { formatNumber } from './format-number.ts';
import { drawing, label, mark, SERIES_COLOURS, tip } from './svg.ts';

/** A point of a curve. */
export interface CurvePoint {
  readonly x: number;
  readonly y: number;
  readonly least?: number;
  readonly most?: number;
}

/** One curve. */
export interface Curve {
  readonly name: string;
  readonly points: readonly CurvePoint[];
}

/** Options of a line chart. */
export interface LineChartOptions {
  readonly title: string;
  /** The name contains the unit. */
  readonly x: { readonly name: string; readonly scale: AxisScale };
  /** The name contains the unit. */
  readonly y: { readonly name: string; readonly scale: AxisScale };
  readonly curves: readonly Curve[];
  /** Level lines across the chart, for instance a limit. */
  readonly levels?: readonly { readonly name: string; readonly y: number }[];
  /** `wide`: 860 pixels, names of curves on the right. `narrow`: 360 pixels, names below, for telephones. Default `wide`. */
  readonly layout?: 'wide' | 'narrow';
}

/** Dots that are closer than this, in pixels, are left out. */
const DOT_DISTANCE = 5;

/** Draws curves as one SVG element. */
export function lineChart({ title, x, y, curves, levels = [], layout = 'wide' }: LineChartOptions): string {
  const plan = chartPlan(layout, curves.length + levels.length);
  const names = curves.map(({ name }) => name);
  const points = curves.flatMap((curve) => curve.points);
  const across = makeAxis({
    scale: x.scale,
    values: points.map((point) => point.x),
    from: plan.left,
    to: plan.right,
    format: formatNumber,
  });
  const up = makeAxis({
    scale: y.scale,
    values: [
      ...points.flatMap((point) => [point.y, point.least ?? point.y, point.most ?? point.y]),
      ...levels.map((level) => level.y),
    ],
    from: plan.bottom,
    to: plan.top,
    format: formatNumber,
  });
  const middle = (plan.left + plan.right) / 2;
  return drawing({ width: plan.width, height: plan.height }, title, [
    ...gridMarks(across, up, plan),
    label(x.name, { class: 'unit', x: middle, y: plan.bottom + 36, 'text-anchor': 'middle' }),
    label(y.name, { class: 'unit', x: 6, y: 14 }),
    ...levels.flatMap((level, index) => levelMarks(level, { up, plan, index: curves.length + index })),
    ...curves.flatMap((curve, index) => curveMarks(curve, { across, up, plan, index })),
    // A single curve is what the axis names.
    ...(names.length === 1 && names[0] === y.name
      ? []
      : names.flatMap((name, index) => nameMarks(name, index, plan))),
  ]);
}

function gridMarks(across: Axis, up: Axis, { left, right, top, bottom }: ChartPlan): string[] {
  return [
    ...across.ticks.flatMap(({ at, label: text }) => [
      mark('line', { class: 'grid', x1: at, x2: at, y1: top, y2: bottom }),
      label(text, { class: 'tick', x: at, y: bottom + 16, 'text-anchor': 'middle' }),
    ]),
    ...up.ticks.flatMap(({ at, label: text }) => [
      mark('line', { class: 'grid', x1: left, x2: right, y1: at, y2: at }),
      label(text, { class: 'tick', x: left - 6, y: at + 4, 'text-anchor': 'end' }),
    ]),
  ];
}

interface LevelPlace {
  readonly up: Axis;
  readonly plan: ChartPlan;
  readonly index: number;
}

function levelMarks({ name, y }: { name: string; y: number }, { up, plan, index }: LevelPlace): string[] {
  const at = up.place(y);
  const legend = plan.legend(index);
  return [
    mark(
      'line',
      { class: 'level', x1: plan.left, x2: plan.right, y1: at, y2: at },
      tip(`${name}: ${formatNumber(y)}`),
    ),
    mark('line', { class: 'level', x1: legend.x, x2: legend.x + 12, y1: legend.y - 4, y2: legend.y - 4 }),
    label(name, { class: 'name', x: legend.x + 16, y: legend.y }),
  ];
}

interface CurvePlace extends LevelPlace {
  readonly across: Axis;
}

function nameMarks(name: string, index: number, plan: ChartPlan): string[] {
  const { x, y } = plan.legend(index);
  return [
    mark('rect', { class: `fill-${index % SERIES_COLOURS}`, x, y: y - 9, width: 10, height: 10 }),
    label(name, { class: 'name', x: x + 16, y }),
  ];
}

function curveMarks(curve: Curve, { across, up, plan, index }: CurvePlace): string[] {
  const colour = index % SERIES_COLOURS;
  const placed = curve.points.map((point) => ({ point, x: across.place(point.x), y: up.place(point.y) }));
  const path = placed.map(({ x, y }, at) => `${at === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`);
  const dots = placed.length * DOT_DISTANCE > plan.right - plan.left ? [] : placed;
  return [
    mark('path', { class: `line-${colour}`, d: path.join('') }),
    ...placed.flatMap(({ point: { least, most }, x }) =>
      least === undefined || most === undefined
        ? []
        : [mark('line', { class: 'spread', x1: x, x2: x, y1: up.place(least), y2: up.place(most) })],
    ),
    ...dots.map(({ point, x, y }) =>
      mark(
        'circle',
        { class: `fill-${colour}`, cx: x, cy: y, r: 3 },
        tip(`${curve.name}: ${formatNumber(point.x)}, ${formatNumber(point.y)}`),
      ),
    ),
  ];
}
