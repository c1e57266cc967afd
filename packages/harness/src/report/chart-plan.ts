// The places of the parts of a line chart, in pixels: the plot, and the names of the curves beside or below the plot.

/** The places of a chart. */
export interface ChartPlan {
  readonly width: number;
  readonly height: number;
  /** The edges of the plot. */
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  /** The place of the name of a curve, by its number. */
  readonly legend: (index: number) => { readonly x: number; readonly y: number };
}

const TOP = 24;
/** The room of tick labels and the name of the axis below the plot. */
const AXIS = 44;
const NAME = 18;

/** Plans a chart with this number of names. */
export function chartPlan(layout: 'wide' | 'narrow', names: number): ChartPlan {
  return layout === 'wide' ? widePlan() : narrowPlan(names);
}

function widePlan(): ChartPlan {
  const [width, height, right] = [860, 320, 660];
  return {
    width,
    height,
    left: 70,
    right,
    top: TOP,
    bottom: height - AXIS,
    legend: (index) => ({ x: right + 14, y: TOP + 8 + index * NAME }),
  };
}

/** Two columns of names below the plot. */
function narrowPlan(names: number): ChartPlan {
  const [width, bottom, left] = [360, 220, 52];
  const below = bottom + AXIS + 8;
  return {
    width,
    height: below + Math.ceil(names / 2) * NAME,
    left,
    right: width - 16,
    top: TOP,
    bottom,
    legend: (index) => ({ x: index % 2 === 0 ? 8 : width / 2, y: below + 4 + Math.floor(index / 2) * NAME }),
  };
}
