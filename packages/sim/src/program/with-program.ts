// Adds a program drawn from the whole language to a plan, and lives that are long enough: an operator that looks back
// at many batches must live through this many batches before a death.
import { Draw } from '../draw.ts';
import type { Ending, Plan } from '../plan.ts';
import type { ProgramPlan } from './program-plan.ts';
import { withCalls } from './draw-calls.ts';
import { type AskedOfSinks, withSinks } from './sinks/draw-sinks.ts';
import { drawProgram, type ProgramWorld } from './draw-program.ts';
import { drawVersions } from './draw-versions.ts';

/**
 * Operators that pair every record of a key with every other record of the key. A second one over the first pairs the pairs:
 * a backlog of a few seconds with few keys becomes tens of millions of records. Such programs take fewer records.
 */
const PAIRING: ReadonlySet<string> = new Set([
  'join',
  'leftOuterJoin',
  'rightOuterJoin',
  'fullOuterJoin',
  'joinWithin',
  'leftOuterJoinWithin',
]);

/** Programs with stacked pairing operators take one record in this many of those that they would take otherwise. */
const THINNED = 8;

/** The share of plans whose endings are replaced by late ones. */
const LATE = 0.6;

/**
 * The maximum number of quiet batches: enough to show growth, and few because a batch of a drawn program costs more
 * than a batch of known answers.
 */
const QUIET_MAX = 100;

/** One seed in this many keeps the programs of known answers; all others have drawn programs. */
const KNOWN_EVERY = 4;

/**
 * The plan with a program in place of the known answers; one in four seeds is unchanged. The draws have a separate
 * random source, so that the other draws of a seed stay.
 */
export function withProgram(
  plan: Plan,
  { mayRemember, operators }: Pick<ProgramWorld, 'mayRemember' | 'operators'>,
  asked: AskedOfSinks = {},
): Plan {
  const draw = new Draw(`${plan.seed}/late endings`);
  const number = /^\d+$/.test(plan.seed) ? Number(plan.seed) : draw.upTo(2 ** 20);
  if (operators === undefined && number % KNOWN_EVERY === 0) return plan;
  // Plans with programs take consecutive turns.
  const turn = number - Math.floor(number / KNOWN_EVERY) - 1;
  const withoutSinks = drawProgram(plan.seed, turn, {
    streams: plan.streams,
    mayRemember,
    operators,
    hasExecutors: plan.executors > 0,
  });
  const program = withSinks(withCalls(plan.seed, withFewerPairs(withoutSinks)), plan, asked);
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

function withFewerPairs(program: ProgramPlan): ProgramPlan {
  if (program.nodes.filter(({ op }) => PAIRING.has(op)).length < 2) return program;
  const nodes = program.nodes.map((node) =>
    node.op === 'input' ? { ...node, set: { ...node.set, every: (node.set.every ?? 1) * THINNED } } : node,
  );
  return { ...program, nodes };
}

/** Endings after some whole batches, and load until after the last ending. */
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
      // At a tick, right after a tick, or anywhere between two ticks.
      const afterTickMs = draw.of([0, 1, Math.round(batchIntervalMs / 2), draw.upTo(batchIntervalMs)]);
      return { ...ending, after: { ms: batches * batchIntervalMs + afterTickMs } };
    });
  const lastsMs = late.reduce((sum, { after, downMs }) => sum + downMs + ('ms' in after ? after.ms : 0), 0);
  // Faults during a recovery stay in place.
  const second = endings.filter(({ isSecond }) => isSecond === true).slice(0, 1);
  return { endings: [...late, ...second], loadMs: Math.max(loadMs, lastsMs + batchIntervalMs) };
}
