// Two contenders in turns: the rate of each, and the ratio within each round, since other programs weigh on both.

/** Does some work once. */
export type Work = () => Promise<unknown>;

const ROUNDS = 5;
const SECOND = 1_000;

/** The figures of two contenders. Rates are calls a second. */
export interface Rounds {
  readonly ours: number;
  readonly bare: number;
  /** Ours divided by bare: median, least, most. */
  readonly ratio: readonly [median: number, least: number, most: number];
}

/** Measures both in turns, `calls` calls with `together` under way in each round. The first round is not counted. */
export async function inTurns(ours: Work, bare: Work, calls: number, together: number): Promise<Rounds> {
  const rates: { ours: number; bare: number }[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const pair = { ours: await rateOf(ours, calls, together), bare: await rateOf(bare, calls, together) };
    if (round > 0) rates.push(pair);
  }
  const ratios = rates.map((pair) => pair.ours / pair.bare).toSorted((a, b) => a - b);
  return {
    ours: middle(rates.map((pair) => pair.ours)),
    bare: middle(rates.map((pair) => pair.bare)),
    ratio: [middle(ratios), ratios[0] ?? 0, ratios.at(-1) ?? 0],
  };
}

/** One line of a report. `amount`: the amount of one call, in `unit`. */
export function report(name: string, { ours, bare, ratio }: Rounds, amount: number, unit: string): void {
  const [median, least, most] = ratio.map((value) => value.toFixed(2));
  const rates = `${(ours * amount).toFixed(1)} and ${(bare * amount).toFixed(1)} ${unit}/s`;
  process.stdout.write(`${name.padEnd(44)}${rates.padEnd(34)}${median} (${least}–${most})\n`);
}

async function rateOf(work: Work, calls: number, together: number): Promise<number> {
  let left = calls;
  const fromMs = performance.now();
  const inTurn = async (): Promise<void> => {
    for (; left > 0; await work()) left -= 1;
  };
  await Promise.all(Array.from({ length: together }, inTurn));
  return (calls * SECOND) / (performance.now() - fromMs);
}

/** The middle value; 0 of none. */
export function middle(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
