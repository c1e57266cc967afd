// One timeline as a uPlot chart: a line with a soft area, a dashed limit, and marks for failed batches. All charts of a group
// share one cursor. uPlot takes its colours once, so that a chart is made anew when the colour scheme changes.
import uPlot from 'uplot';
import { hourAndMinute, timeOfDay } from '../model/format.ts';

/** The content of a chart. */
export interface ChartContent {
  readonly timeMs: readonly number[];
  readonly values: readonly (number | null)[];
  /** A second, dashed line. */
  readonly limit?: readonly (number | null)[];
  /** A dashed line at one height. */
  readonly level?: number;
  /** Points with a mark on the time axis. */
  readonly marks?: readonly number[];
  readonly fromMs: number;
  readonly toMs: number;
  readonly most: number;
}

/** Settings of a chart. */
export interface ChartSettings {
  /** The height of the values, without axes. */
  readonly height: number;
  readonly hasTimes: boolean;
  readonly axisText: (value: number) => string;
  /** Called with the index of the point below the cursor. */
  readonly onCursor: (index: number | undefined) => void;
  readonly onClick: (index: number) => void;
  /** The cursor group. */
  readonly group: string;
}

interface Colours {
  readonly accent: string;
  readonly area: string;
  readonly soft: string;
  readonly line: string;
  readonly bad: string;
}

const AXIS_WIDTH = 58;
const TIMES_HEIGHT = 26;
const PADDING_TOP = 8;
const PADDING_BOTTOM = 4;

/** A chart in an element. */
export class TimelineChart {
  readonly #place: HTMLElement;
  readonly #settings: ChartSettings;
  readonly #observer: ResizeObserver;
  readonly #scheme = matchMedia('(prefers-color-scheme: dark)');
  readonly #onScheme = (): void => this.#make();
  #content: ChartContent;
  #chart: uPlot | undefined;

  constructor(place: HTMLElement, settings: ChartSettings, content: ChartContent) {
    this.#place = place;
    this.#settings = settings;
    this.#content = content;
    this.#make();
    this.#scheme.addEventListener('change', this.#onScheme);
    this.#observer = new ResizeObserver(() => {
      this.#chart?.setSize({ width: place.clientWidth, height: this.#height });
    });
    this.#observer.observe(place);
  }

  /** Shows other points. */
  show(content: ChartContent): void {
    this.#content = content;
    this.#chart?.setData(dataOf(content), true);
  }

  /** Removes the chart. */
  destroy(): void {
    this.#observer.disconnect();
    this.#scheme.removeEventListener('change', this.#onScheme);
    this.#chart?.destroy();
  }

  get #height(): number {
    const { height, hasTimes } = this.#settings;
    return PADDING_TOP + height + (hasTimes ? TIMES_HEIGHT : PADDING_BOTTOM);
  }

  #make(): void {
    this.#chart?.destroy();
    const { hasTimes, axisText, onCursor, onClick, group } = this.#settings;
    const colours = coloursOf(this.#place);
    const font = `11px ${getComputedStyle(this.#place).fontFamily}`;
    const axis = { stroke: colours.soft, font, ticks: { show: false } };
    const grid = { stroke: colours.line, width: 1 };
    this.#chart = new uPlot(
      {
        width: this.#place.clientWidth || 320,
        height: this.#height,
        ms: 1,
        // Axes have texts of their own; the formatter of uPlot is not in the bundle.
        fmtDate: () => () => '',
        padding: [PADDING_TOP, 8, hasTimes ? 0 : PADDING_BOTTOM, 0],
        legend: { show: false },
        cursor: {
          sync: { key: group, setSeries: false, scales: ['x', null] },
          drag: { x: false, y: false, setScale: false },
          points: { size: 7, width: 1.5, stroke: colours.accent, fill: colours.accent },
          y: false,
        },
        scales: {
          x: { time: true, range: () => [this.#content.fromMs, this.#content.toMs] },
          y: { range: () => [0, this.#content.most] },
        },
        axes: [
          {
            ...axis,
            show: hasTimes,
            size: TIMES_HEIGHT,
            gap: 4,
            grid: { show: false },
            space: 70,
            values: (_, splits, __, ___, stepMs) =>
              splits.map((timeMs) => (stepMs < 60_000 ? timeOfDay(timeMs) : hourAndMinute(timeMs))),
          },
          { ...axis, size: AXIS_WIDTH, gap: 6, grid, space: 26, values: (_, splits) => splits.map(axisText) },
        ],
        series: [
          {},
          {
            stroke: colours.accent,
            width: 1.5,
            fill: colours.area,
            points: { show: showPoints },
            spanGaps: false,
          },
          { stroke: colours.soft, width: 1, dash: [4, 4], points: { show: false } },
        ],
        hooks: {
          init: [
            ({ over, cursor }) =>
              over.addEventListener('click', () => {
                if (typeof cursor.idx === 'number') onClick(cursor.idx);
              }),
          ],
          draw: [(chart) => this.#drawMarks(chart, colours)],
          setCursor: [({ cursor }) => onCursor(typeof cursor.idx === 'number' ? cursor.idx : undefined)],
        },
      },
      dataOf(this.#content),
      this.#place,
    );
  }

  #drawMarks(chart: uPlot, colours: Colours): void {
    const { ctx, bbox } = chart;
    const { level, most, marks = [], timeMs } = this.#content;
    ctx.save();
    if (level !== undefined && level <= most) {
      ctx.strokeStyle = colours.soft;
      ctx.lineWidth = devicePixelRatio;
      ctx.setLineDash([4 * devicePixelRatio, 4 * devicePixelRatio]);
      const y = Math.round(chart.valToPos(level, 'y', true));
      ctx.beginPath();
      ctx.moveTo(bbox.left, y);
      ctx.lineTo(bbox.left + bbox.width, y);
      ctx.stroke();
    }
    ctx.fillStyle = colours.bad;
    const side = 4 * devicePixelRatio;
    for (const index of marks) {
      const x = chart.valToPos(timeMs[index] ?? 0, 'x', true);
      const bottom = bbox.top + bbox.height;
      ctx.beginPath();
      ctx.moveTo(x - side, bottom);
      ctx.lineTo(x + side, bottom);
      ctx.lineTo(x, bottom - 2 * side);
      ctx.fill();
    }
    ctx.restore();
  }
}

/** A few points are shown as dots: a line needs two. */
function showPoints({ data }: uPlot): boolean {
  return data[0].length < 3;
}

function dataOf({ timeMs, values, limit }: ChartContent): uPlot.AlignedData {
  return [timeMs as number[], values as number[], (limit ?? timeMs.map(() => null)) as (number | null)[]];
}

function coloursOf(place: HTMLElement): Colours {
  const style = getComputedStyle(place);
  const colour = (name: string): string => style.getPropertyValue(name).trim();
  return {
    accent: colour('--accent'),
    area: colour('--accent-area'),
    soft: colour('--soft'),
    line: colour('--line'),
    bad: colour('--failed'),
  };
}
