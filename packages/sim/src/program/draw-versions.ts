// Draws other versions of a program, which continue from the checkpoint of the first one: with more or fewer operators,
// with other numbers of partitions, and versions that must be refused because kept state would be unused or misread.
import { Draw } from '../draw.ts';
import type { Plan, VersionPlan } from '../plan.ts';
import { withoutUnknownSinks } from './sinks/draw-sinks.ts';
import { remembers } from './operators.ts';
import type { ProgramNode, ProgramPlan } from './program-plan.ts';
import { isPossible, withoutUnread } from './shrink-program.ts';

/** The share of plans with other versions, among plans with checkpoints and named operators. */
const CHANCE = 0.35;

/** The share of versions that begin with batches without records. */
const SILENT = 0.4;

/** The versions of a plan's program, if any. */
export function drawVersions(plan: Plan): Pick<Plan, 'versions'> {
  const { program, checkpoints, seed } = plan;
  const draw = new Draw(`${seed}/versions`);
  const isNamed = program?.nodes.some(({ hasUid }) => hasUid) === true;
  // A clock that was set delays batches, so the results of a later version have no predictable time.
  const isPlain = plan.clockSteps === undefined && plan.quietMs === undefined;
  if (program === undefined || !checkpoints || !isNamed || !isPlain || !draw.happens(CHANCE)) return {};
  const kinds = draw.shuffled([
    'more',
    'less',
    'windows',
    'times',
    'interval',
    'partitions',
    'names',
  ] as const);
  for (const kind of kinds) {
    const versions = VERSIONS[kind](program, draw, plan);
    if (versions.length > 0 && versions.every((version) => isPossible(version.program)))
      return { versions: withSilence(versions, seed) };
  }
  return {};
}

/** Versions that begin without records: what time alone changes goes on over a restart. */
function withSilence(versions: readonly VersionPlan[], seed: string): readonly VersionPlan[] {
  const draw = new Draw(`${seed}/silent versions`);
  return versions.map((version) =>
    draw.happens(SILENT) ? { ...version, silentBatches: draw.of([1, 2, 4, 6]) } : version,
  );
}

type DrawVersions = (program: ProgramPlan, draw: Draw, plan: Plan) => readonly VersionPlan[];

const VERSIONS = {
  /** Additional operators before all others, so that only named operators keep their identity. */
  more: (program) => {
    const nodes: ProgramNode[] = [
      { id: 'added-input', op: 'input', from: [], set: { variant: 'pair', source: 0, every: 7 } },
      { id: 'added-map', op: 'mapValues', from: ['added-input'], set: { variant: 'number', rest: 1 } },
    ];
    const output = { id: 1_000, kind: 'foreachRDD', from: 'added-map', isNew: true } as const;
    return [
      { program: { ...program, nodes: [...nodes, ...program.nodes], outputs: [...program.outputs, output] } },
    ];
  },
  /** Without an operator with memory, which must be allowed explicitly. */
  less: (program, draw) => {
    const [gone] = draw.shuffled(program.nodes.filter(({ op, hasUid }) => hasUid === true && keepsState(op)));
    const left = gone === undefined ? undefined : withoutNode(program, gone.id);
    if (left === undefined) return [];
    return [
      { program: left, refusedWith: 'MR_CHECKPOINT_STATE_DROPPED' },
      { program: left, allowsDroppedState: true },
    ];
  },
  /** Longer windows with an inverse function: their kept state is useless. */
  windows: (program, draw) => {
    const inverse = [
      'reduceByKeyAndWindowInverse',
      'countByWindow',
      'countByValueAndWindow',
      'reduceByWindowInverse',
    ];
    const [changed] = draw.shuffled(program.nodes.filter(({ op, hasUid }) => hasUid && inverse.includes(op)));
    if (changed === undefined) return [];
    const longer = { ...changed, set: { ...changed.set, length: (changed.set.length ?? 1) + 1 } };
    return [{ program: withNode(program, longer), refusedWith: 'MR_GRAPH_WINDOW_CHANGED' }, { program }];
  },
  /** Event-time windows with a longer allowed lateness. */
  times: (program, draw) => {
    const [changed] = draw.shuffled(
      program.nodes.filter(({ set, hasUid }) => hasUid && set.windows !== undefined),
    );
    const { windows } = changed?.set ?? {};
    if (changed === undefined || windows === undefined) return [];
    const allowedLatenessMs = windows.allowedLatenessMs + 1;
    const later = { ...changed, set: { ...changed.set, windows: { ...windows, allowedLatenessMs } } };
    return [{ program: withNode(program, later), refusedWith: 'MR_EVENT_TIME_WINDOWS_CHANGED' }, { program }];
  },
  /** Other uids: state is found under the former ones, and later under the new ones. */
  names: (program) => {
    if (!program.nodes.some(({ op, hasUid }) => hasUid === true && keepsState(op))) return [];
    return (['from', 'for good'] as const).map((renamed) => ({
      program: {
        ...program,
        nodes: program.nodes.map((node) => (node.hasUid === true ? { ...node, renamed } : node)),
      },
    }));
  },
  interval: (program, _draw, { batchIntervalMs }) => [
    { program, batchIntervalMs: 2 * batchIntervalMs, refusedWith: 'MR_CHECKPOINT_INTERVAL_CHANGED' },
    { program },
  ],
  /** Other numbers of partitions: keys are found again in any partition. */
  partitions: (program) => {
    const nodes = program.nodes.map((node) =>
      node.set.partitions === undefined
        ? node
        : { ...node, set: { ...node.set, partitions: 1 + (node.set.partitions % 3) } },
    );
    const changed = { ...program, nodes, parallelism: [3, 2] };
    const outputs = withoutUnknownSinks(changed).filter(({ kind }) => kind !== 'foreachPartition');
    return [{ program: { ...changed, outputs } }];
  },
} as const satisfies Readonly<Record<string, DrawVersions>>;

function withNode(program: ProgramPlan, changed: ProgramNode): ProgramPlan {
  return { ...program, nodes: program.nodes.map((node) => (node.id === changed.id ? changed : node)) };
}

/** Operators that show the state of another operator. That state stays when only the view is gone. */
const VIEWS: ReadonlySet<ProgramNode['op']> = new Set(['stateSnapshots', 'lateRecords', 'watermarks']);

function keepsState(op: ProgramNode['op']): boolean {
  return remembers(op) && !VIEWS.has(op);
}

/** Removes an operator and all operators over it; undefined when nothing is left. */
function withoutNode(program: ProgramPlan, id: string): ProgramPlan | undefined {
  const gone = new Set([id]);
  for (const { id: above, from } of program.nodes) if (from.some((below) => gone.has(below))) gone.add(above);
  const outputs = program.outputs.filter(({ from }) => !gone.has(from));
  if (outputs.length === 0) return undefined;
  return withoutUnread({ ...program, outputs, nodes: program.nodes.filter((node) => !gone.has(node.id)) });
}
