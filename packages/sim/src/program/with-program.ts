// Gives a plan a program from the whole language, and lives that are long enough for it: what looks back at many batches
// has to have lived through as many before it dies.
import { Draw } from '../draw.ts';
import type { Ending, Plan } from '../plan.ts';
import { type AskedOfSinks, withSinks } from './sinks/draw-sinks.ts';
import { drawProgram, type ProgramWorld } from './draw-program.ts';
import { drawVersions } from './draw-versions.ts';

/** The share of plans with endings that have late ones in their place. */
const LATE = 0.6;

/** The most quiet batches: what grows with every batch shows, and a batch of a program costs more than one of known answers. */
const QUIET_MAX = 100;

/** One seed of so many keeps the programs of known answers, all others have drawn ones. */
const KNOWN_EVERY = 4;

/**
 * The plan with a program in place of the known answers; one of four seeds stays as it is. The draws are their own:
 * whatever else a seed draws stays.
 */
export function withProgram(
  plan: Plan,
  { mayRemember, operators }: Pick<ProgramWorld, 'mayRemember' | 'operators'>,
  asked: AskedOfSinks = {},
): Plan {
  const draw = new Draw(`${plan.seed}/late endings`);
  const number = /^\d+$/.test(plan.seed) ? Number(plan.seed) : draw.upTo(2 ** 20);
  if (operators === undefined && number % KNOWN_EVERY === 0) return plan;
  // Plans with programs take turns one after the other.
  const turn = number - Math.floor(number / KNOWN_EVERY) - 1;
  const withoutSinks = drawProgram(plan.seed, turn, {
    streams: plan.streams,
    mayRemember,
    operators,
    hasExecutors: plan.executors > 0,
  });
  const program = withSinks(withoutSinks, plan, asked);
  const { eventTime: _known, ...rest } = plan;
  const drawn: Plan = {
    ...rest,
    graphs: [],
    program,
    ...drawLateEndings(plan, draw),
    ...(plan.quietMs === undefined
      ? {}
      : { quietMs: Math.min(plan.quietMs, QUIET_MAX * plan.batchIntervalMs) }),
  };
  return { ...drawn, ...drawVersions(drawn) };
}

/** Endings after some whole batches, and load until after the last of them. */
function drawLateEndings(
  { endings, loadMs, batchIntervalMs }: Plan,
  draw: Draw,
): Pick<Plan, 'endings' | 'loadMs'> {
  if (endings.length === 0 || !draw.happens(LATE)) return { endings, loadMs };
  const late = draw
    .shuffled(endings.filter(({ isSecond }) => isSecond !== true))
    .slice(0, 1 + draw.upTo(1))
    .map((ending): Ending => {
      const batches = 3 + draw.upTo(5);
      // At a tick, right after it, or anywhere between two.
      const afterTickMs = draw.of([0, 1, Math.round(batchIntervalMs / 2), draw.upTo(batchIntervalMs)]);
      return { ...ending, after: { ms: batches * batchIntervalMs + afterTickMs } };
    });
  const lastsMs = late.reduce((sum, { after, downMs }) => sum + downMs + ('ms' in after ? after.ms : 0), 0);
  // Faults that strike while a driver recovers still do.
  const second = endings.filter(({ isSecond }) => isSecond === true).slice(0, 1);
  return { endings: [...late, ...second], loadMs: Math.max(loadMs, lastsMs + batchIntervalMs) };
}
