// Curves: the growth of one quantity with another, or percentiles of a delay. Each point may have a spread.
import { type Axis, type AxisScale, makeAxis } from './axis.ts';
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
  readonly x: { readonly name: string; readonly scale: AxisScale };
  readonly y: { readonly name: string; readonly scale: AxisScale };
  readonly curves: readonly Curve[];
}

const WIDTH = 860;
const HEIGHT = 320;
const LEFT = 70;
const RIGHT = 200;
const TOP = 24;
const BOTTOM = 44;

/** Draws curves as one SVG element. */
export function lineChart({ title, x, y, curves }: LineChartOptions): string {
  const points = curves.flatMap((curve) => curve.points);
  const across = makeAxis({
    scale: x.scale,
    values: points.map((point) => point.x),
    from: LEFT,
    to: WIDTH - RIGHT,
    format: formatNumber,
  });
  const up = makeAxis({
    scale: y.scale,
    values: points.flatMap((point) => [point.y, point.least ?? point.y, point.most ?? point.y]),
    from: HEIGHT - BOTTOM,
    to: TOP,
    format: formatNumber,
  });
  return drawing({ width: WIDTH, height: HEIGHT }, title, [
    ...gridMarks(across, up),
    label(x.name, { class: 'unit', x: (LEFT + WIDTH - RIGHT) / 2, y: HEIGHT - 6, 'text-anchor': 'middle' }),
    label(y.name, { class: 'unit', x: 6, y: 14 }),
    ...curves.flatMap((curve, index) => curveMarks(curve, { across, up, index })),
  ]);
}

function gridMarks(across: Axis, up: Axis): string[] {
  return [
    ...across.ticks.flatMap(({ at, label: text }) => [
      mark('line', { class: 'grid', x1: at, x2: at, y1: TOP, y2: HEIGHT - BOTTOM }),
      label(text, { class: 'tick', x: at, y: HEIGHT - BOTTOM + 16, 'text-anchor': 'middle' }),
    ]),
    ...up.ticks.flatMap(({ at, label: text }) => [
      mark('line', { class: 'grid', x1: LEFT, x2: WIDTH - RIGHT, y1: at, y2: at }),
      label(text, { class: 'tick', x: LEFT - 6, y: at + 4, 'text-anchor': 'end' }),
    ]),
  ];
}

interface CurvePlace {
  readonly across: Axis;
  readonly up: Axis;
  readonly index: number;
}

function curveMarks(curve: Curve, { across, up, index }: CurvePlace): string[] {
  const colour = index % SERIES_COLOURS;
  const placed = curve.points.map((point) => ({ point, x: across.place(point.x), y: up.place(point.y) }));
  const path = placed.map(({ x, y }, at) => `${at === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`);
  const legend = TOP + 8 + index * 18;
  return [
    mark('path', { class: `line-${colour}`, d: path.join('') }),
    ...placed.flatMap(({ point, x, y }) => [
      ...(point.least === undefined || point.most === undefined
        ? []
        : [
            mark('line', {
              class: 'spread',
              x1: x,
              x2: x,
              y1: up.place(point.least),
              y2: up.place(point.most),
            }),
          ]),
      mark(
        'circle',
        { class: `fill-${colour}`, cx: x, cy: y, r: 3 },
        tip(`${curve.name}: ${formatNumber(point.x)}, ${formatNumber(point.y)}`),
      ),
    ]),
    mark('rect', { class: `fill-${colour}`, x: WIDTH - RIGHT + 14, y: legend - 9, width: 10, height: 10 }),
    label(curve.name, { class: 'name', x: WIDTH - RIGHT + 30, y: legend }),
  ];
}
