// Adds outputs that write to sinks of the product. The draws are their own: whatever else a program has stays.
import { Draw } from '../../draw.ts';
import type { FaultKind, Plan } from '../../plan.ts';
import {
  isSinkKind,
  type ProgramNode,
  type ProgramOutput,
  type ProgramPlan,
  type SinkKind,
  type SinkSettings,
} from '../program-plan.ts';
import { mayBe } from '../possible-outputs.ts';
import { shapesOf } from '../shapes-of.ts';

/** The share of programs that write to each sink. SQLite works on a real file, so few seeds pay for one. */
const CHANCES: Readonly<Record<SinkKind, number>> = { filesSink: 0.3, sqliteSink: 0.08 };
/** The same where a batch may come again out of another number of partitions: few programs have such a stream. */
const CHANCES_MOVED: Readonly<Record<SinkKind, number>> = { filesSink: 1, sqliteSink: 0.6 };

/** What the one who asks decides instead of the seed. */
export interface AskedOfSinks {
  /** The faults that are on, instead of those drawn. */
  readonly faults?: readonly FaultKind[] | undefined;
  /** The sink that every program writes to. */
  readonly sink?: SinkKind | undefined;
}

/** The program with outputs that write to sinks. */
export function withSinks(program: ProgramPlan, plan: Plan, asked: AskedOfSinks): ProgramPlan {
  const draw = new Draw(`${plan.seed}/sinks`);
  const outputs = [...program.outputs];
  for (const kind of ['filesSink', 'sqliteSink'] as const) {
    // Each sink draws as much whether there is one or not.
    const moved = movedStreams(kind, program);
    const chance = (moved.length > 0 ? CHANCES_MOVED : CHANCES)[kind];
    const isThere = draw.happens(chance) || kind === asked.sink;
    const from = draw.of(moved.length > 0 ? moved : streamsFor(kind, program));
    const settings = kind === 'filesSink' ? filesSettings(draw, plan) : sqliteSettings(draw, asked);
    const sink = { ...settings, ...drawDeaths(draw, plan) };
    const id = Math.max(...outputs.map((output) => output.id)) + 1;
    if (isThere && from !== undefined) outputs.push({ id, kind, from, sink });
  }
  return { ...program, outputs };
}

/**
 * Tells whether a sink may write a stream. Where lives have another parallelism, a partition is known by its number and the
 * number of all partitions: a sink recognises a batch that comes again out of another number, and nothing else.
 */
export function maySink({ from }: Pick<ProgramOutput, 'from'>, program: ProgramPlan): boolean {
  return program.parallelism.length === 1 || hasKnownPartitions(from, program);
}

/** The outputs of a program without those that may not be. */
export function withoutUnknownSinks(program: ProgramPlan): readonly ProgramOutput[] {
  return program.outputs.filter((output) => !isSinkKind(output.kind) || maySink(output, program));
}

/** Streams whose partitions are others in another life. */
function movedStreams(kind: SinkKind, program: ProgramPlan): readonly string[] {
  if (program.parallelism.length === 1) return [];
  return possibleNodes(kind, program)
    .filter(({ op, set }) => BY_KEY.has(op) && set.partitions === undefined)
    .map(({ id }) => id);
}

/** Streams of operators have more to say than inputs. */
function streamsFor(kind: SinkKind, program: ProgramPlan): readonly (string | undefined)[] {
  const possible = possibleNodes(kind, program);
  const made = possible.filter(({ op }) => op !== 'input');
  const ids = (made.length > 0 ? made : possible).map(({ id }) => id);
  return ids.length === 0 ? [undefined] : ids;
}

function possibleNodes(kind: SinkKind, program: ProgramPlan): readonly ProgramNode[] {
  const shapes = shapesOf(program);
  return program.nodes.filter(({ id }) => {
    const shape = shapes.get(id);
    return shape !== undefined && !shape.isTimed && mayBe(kind, shape, {}) && maySink({ from: id }, program);
  });
}

/** Where drivers or machines end, some end while the sink writes: its steps are few among all others. */
function drawDeaths(draw: Draw, { endings }: Plan): Pick<SinkSettings, 'deaths'> {
  const deaths = Array.from({ length: draw.upTo(3) }, () => ({
    place: draw.upTo(endings.length),
    afterSteps: 1 + draw.upTo(draw.of([10, 60, 200])),
    downMs: draw.of([0, 20, 200]),
  })).flatMap(({ place, afterSteps, downMs }) => {
    const part = endings[place]?.part;
    return part === 'driver' || part === 'machine' ? [{ part, afterSteps, downMs } as const] : [];
  });
  return deaths.length === 0 ? {} : { deaths };
}

function sqliteSettings(draw: Draw, { faults }: AskedOfSinks): SinkSettings {
  const journalMode = draw.of(['wal', 'delete']);
  const failureRate = draw.of([0.02, 0.1, 0.3]);
  const fails = draw.happens(0.6);
  const isOn = faults?.includes('sqlite-failure') ?? fails;
  return { journalMode, failureRate: isOn ? failureRate : 0 };
}

function filesSettings(draw: Draw, { durability }: Plan): SinkSettings {
  return {
    format: draw.of(['text', 'ndjson', 'csv']),
    fsync: draw.happens(0.5) || durability === 'machine',
    writeEmpty: draw.happens(0.3),
    chunkBytes: draw.of([1, 64, 262_144]),
  };
}

/** Operators that put a record where its key says. */
const BY_KEY: ReadonlySet<string> = new Set([
  'groupByKey',
  'reduceByKey',
  'combineByKey',
  'cogroup',
  'join',
  'leftOuterJoin',
  'rightOuterJoin',
  'fullOuterJoin',
  'updateStateByKey',
]);

/** Operators that leave records where they are. */
const IN_PLACE: ReadonlySet<string> = new Set([
  'map',
  'flatMap',
  'filter',
  'mapValues',
  'flatMapValues',
  'persist',
  'cache',
]);

/** Whether the partitions of a stream follow from the keys of its records and from the number of partitions. */
function hasKnownPartitions(id: string, { nodes }: ProgramPlan): boolean {
  const node: ProgramNode | undefined = nodes.find((one) => one.id === id);
  if (node === undefined) return false;
  // The partitions of an input are its blocks, whatever the parallelism.
  if (node.op === 'input' || BY_KEY.has(node.op)) return true;
  const [below] = node.from;
  return IN_PLACE.has(node.op) && below !== undefined && hasKnownPartitions(below, { nodes } as ProgramPlan);
}
