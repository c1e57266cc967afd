// Draws sinks for programs with known answers. The draw has a separate random source.
import { Draw } from './draw.ts';
import type { Plan } from './plan.ts';
import { type AskedOfSinks, sinkSettings } from './program/sinks/draw-sinks.ts';
import type { SinkTarget } from './program/program-plan.ts';

/** The shares of plans with each sink, among plans with known answers. SQLite works on a real file. */
const CHANCES = { filesSink: 0.3, sqliteSink: 0.1, sqliteTable: 0.15 } as const;

/** The number of the first sink: no output of a drawn program has such a number. */
const FIRST_ID = 2_000;

/** The plan with sinks, unless it has a drawn program. */
export function drawKnownSinks(plan: Plan, asked: AskedOfSinks): Plan {
  if (plan.program !== undefined) return plan;
  const draw = new Draw(`${plan.seed}/known sinks`);
  const kinds = Object.keys(CHANCES) as (keyof typeof CHANCES)[];
  const sinks = kinds.flatMap((kind, place): readonly SinkTarget[] => {
    const isDrawn = draw.happens(CHANCES[kind]);
    const drawn = sinkSettings(kind, draw, plan, asked);
    const sink = mayFail(plan) || kind === 'filesSink' ? drawn : { ...drawn, failureRate: 0 };
    const target = { id: FIRST_ID + place, kind, sink };
    // A skipped batch may be in a table in part.
    const mayBe = kind !== 'sqliteTable' || plan.onBatchFailure !== 'skip';
    return mayBe && (isDrawn || kind === asked.sink) ? [target] : [];
  });
  return sinks.length === 0 ? plan : { ...plan, sinks };
}

/** False when a batch that fails ends the driver, and the next driver knows nothing of the batches before: BAT-2 cannot hold then. */
function mayFail({ durability, onBatchFailure }: Plan): boolean {
  return durability !== 'memory' || onBatchFailure !== 'stop';
}
