// Horizontal bars, one below the other, each with a spread, for comparing contenders. Bars of one group belong
// together.
import { makeAxis } from './axis.ts';
import { formatNumber, formatSpread } from './format-number.ts';
import { drawing, label, mark, SERIES_COLOURS, tip } from './svg.ts';

/** One bar. */
export interface Bar {
  readonly label: string;
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** Bars below a heading. */
export interface BarGroup {
  readonly name: string;
  readonly bars: readonly Bar[];
}

/** Options of a bar chart. */
export interface BarChartOptions {
  readonly title: string;
  readonly unit: string;
  readonly groups: readonly BarGroup[];
}

const WIDTH = 860;
const LABELS = 210;
const FIGURES = 170;
const BAR = 18;
const HEADING = 24;
const TOP = 8;
const AXIS = 34;

/** Draws a bar chart as one SVG element. Equal labels have equal colours in all groups. */
export function barChart({ title, unit, groups }: BarChartOptions): string {
  const bars = groups.flatMap((group) => group.bars);
  const height = TOP + groups.reduce((sum, group) => sum + HEADING + group.bars.length * BAR, 0) + AXIS;
  const axis = makeAxis({
    scale: 'linear',
    values: bars.map(({ most }) => most),
    from: LABELS,
    to: WIDTH - FIGURES,
    format: formatNumber,
  });
  const names = [...new Set(bars.map((bar) => bar.label))];
  const marks = axis.ticks.flatMap(({ at, label: text }) => [
    mark('line', { class: 'grid', x1: at, x2: at, y1: TOP, y2: height - AXIS }),
    label(text, { class: 'tick', x: at, y: height - AXIS + 14, 'text-anchor': 'middle' }),
  ]);
  marks.push(label(unit, { class: 'unit', x: LABELS, y: height - 4 }));
  let y = TOP;
  for (const group of groups) {
    marks.push(label(group.name, { class: 'heading', x: 4, y: y + 16 }));
    y += HEADING;
    for (const bar of group.bars) {
      marks.push(
        // bounded: the marks of a bar
        ...barMarks(bar, { y, place: axis.place, colour: names.indexOf(bar.label) % SERIES_COLOURS }),
      );
      y += BAR;
    }
  }
  return drawing({ width: WIDTH, height }, title, marks);
}

interface BarPlace {
  readonly y: number;
  readonly colour: number;
  readonly place: (value: number) => number;
}

function barMarks(bar: Bar, { y, place, colour }: BarPlace): string[] {
  const middle = y + BAR / 2;
  const [zero, median, least, most] = [place(0), place(bar.median), place(bar.least), place(bar.most)];
  const text = formatSpread(bar);
  return [
    label(bar.label, { class: 'name', x: LABELS - 8, y: middle + 4, 'text-anchor': 'end' }),
    mark(
      'rect',
      { class: `fill-${colour}`, x: zero, y: y + 2, width: Math.max(1, median - zero), height: BAR - 5 },
      tip(`${bar.label}: ${text}`),
    ),
    mark('line', { class: 'spread', x1: least, x2: most, y1: middle, y2: middle }),
    ...[least, most].map((x) =>
      mark('line', { class: 'spread', x1: x, x2: x, y1: middle - 4, y2: middle + 4 }),
    ),
    label(text, { class: 'figure', x: WIDTH - FIGURES + 10, y: middle + 4 }),
  ];
}
