// Adds outputs that write to sinks of the product. The draws have a separate random source, so that the rest of a
// program is unaffected.
import { Draw } from '../../draw.ts';
import type { FaultKind, Plan } from '../../plan.ts';
import {
  isSinkKind,
  type ProgramNode,
  type ProgramOutput,
  type ProgramPlan,
  type SinkKind,
  type SinkSettings,
  type SinkTarget,
} from '../program-plan.ts';
import { mayBe } from '../possible-outputs.ts';
import { shapesOf } from '../shapes-of.ts';

/** The share of programs that write to each sink. SQLite works on a real file, so only few seeds use SQLite. */
const CHANCES: Readonly<Record<SinkKind, number>> = { filesSink: 0.3, sqliteSink: 0.08 };
/**
 * The shares for programs with streams whose batches may run again with another number of partitions; such programs are
 * rare.
 */
const CHANCES_MOVED: Readonly<Record<SinkKind, number>> = { filesSink: 1, sqliteSink: 0.6 };

/** The share of SQLite sinks whose ledger keeps fewer batches than may run again. */
const SHORT_LEDGERS = 0.6;

/** The share of files sinks with an ending at a name, among plans in which drivers or machines end. */
const AT_NAME = 0.4;

/** The share of programs with a files sink whose numbers of partitions have two digits. */
const MANY_PARTITIONS = 0.06;
const MANY = 12;

/** Decisions of the caller that override the seed. */
export interface AskedOfSinks {
  /** The enabled faults, instead of drawn ones. */
  readonly faults?: readonly FaultKind[] | undefined;
  /** The sink of every program. */
  readonly sink?: SinkTarget['kind'] | undefined;
  /** The default parallelism of the lives of every program. */
  readonly parallelism?: readonly number[] | undefined;
}

/** The settings of a sink. */
export function sinkSettings(
  kind: SinkKind | 'sqliteTable',
  draw: Draw,
  plan: Plan,
  asked: AskedOfSinks,
): SinkSettings {
  const settings = kind === 'filesSink' ? filesSettings(draw, plan) : sqliteSettings(draw, plan, asked);
  return { ...settings, ...drawDeaths(draw, plan), ...(kind === 'filesSink' ? drawDeathAtName(plan) : {}) };
}

/** The program with outputs that write to sinks. */
export function withSinks(drawn: ProgramPlan, plan: Plan, asked: AskedOfSinks): ProgramPlan {
  const { parallelism = drawn.parallelism } = asked;
  const program = { ...drawn, parallelism };
  const draw = new Draw(`${plan.seed}/sinks`);
  const outputs = [...program.outputs];
  for (const kind of ['filesSink', 'sqliteSink'] as const) {
    // The number of draws is the same with and without each sink.
    const moved = movedStreams(kind, program);
    const chance = (moved.length > 0 ? CHANCES_MOVED : CHANCES)[kind];
    const isThere = draw.happens(chance) || kind === asked.sink;
    const from = draw.of(moved.length > 0 ? moved : streamsFor(kind, program));
    const sink = sinkSettings(kind, draw, plan, asked);
    const id = Math.max(...outputs.map((output) => output.id)) + 1;
    if (isThere && from !== undefined) outputs.push({ id, kind, from, sink });
  }
  return withManyPartitions({ ...program, outputs }, plan.seed);
}

/** A number of two digits can be cut off between its digits. */
function withManyPartitions(program: ProgramPlan, seed: string): ProgramPlan {
  const isDrawn = new Draw(`${seed}/many partitions`).happens(MANY_PARTITIONS);
  const hasFiles = program.outputs.some(({ kind }) => kind === 'filesSink');
  return isDrawn && hasFiles && program.parallelism.length === 1
    ? { ...program, parallelism: [MANY] }
    : program;
}

/**
 * Tells whether a sink may write a stream. When lives have different parallelism, a partition is identified by its
 * number and the number of all partitions: a sink recognises a re-run with another number of partitions, and nothing
 * else.
 */
export function maySink({ from }: Pick<ProgramOutput, 'from'>, program: ProgramPlan): boolean {
  return program.parallelism.length === 1 || hasKnownPartitions(from, program);
}

/** The outputs of a program, without disallowed ones. */
export function withoutUnknownSinks(program: ProgramPlan): readonly ProgramOutput[] {
  return program.outputs.filter((output) => !isSinkKind(output.kind) || maySink(output, program));
}

/** Streams whose partitions differ in another life. */
function movedStreams(kind: SinkKind, program: ProgramPlan): readonly string[] {
  if (program.parallelism.length === 1) return [];
  return possibleNodes(kind, program)
    .filter(({ op, set }) => BY_KEY.has(op) && set.partitions === undefined)
    .map(({ id }) => id);
}

/** Streams of operators are preferred, since they test more than inputs. */
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

/**
 * When drivers or machines end, some endings happen while the sink writes, because steps of the sink are rare among all
 * steps.
 */
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

/** An ending right after a file has got its name: whatever has to precede the name must be on the disk. */
function drawDeathAtName({ seed, endings }: Plan): Pick<SinkSettings, 'deathAtName'> {
  const draw = new Draw(`${seed}/death at name`);
  const ending = draw.of(endings.length === 0 ? [undefined] : endings);
  const [isDrawn, afterSteps] = [draw.happens(AT_NAME), 1 + draw.upTo(12)];
  if (!isDrawn || (ending?.part !== 'driver' && ending?.part !== 'machine')) return {};
  return { deathAtName: { part: ending.part, afterSteps, downMs: draw.of([0, 20]) } };
}

function sqliteSettings(draw: Draw, { seed }: Plan, { faults }: AskedOfSinks): SinkSettings {
  const journalMode = draw.of(['wal', 'delete']);
  const failureRate = draw.of([0.02, 0.1, 0.3]);
  const fails = draw.happens(0.6);
  const isOn = faults?.includes('sqlite-failure') ?? fails;
  const ledger = new Draw(`${seed}/ledger`);
  const ledgerBatches = ledger.of([1, 2, 4]);
  return {
    journalMode,
    failureRate: isOn ? failureRate : 0,
    ...(ledger.happens(SHORT_LEDGERS) ? { ledgerBatches } : {}),
  };
}

function filesSettings(draw: Draw, { durability }: Plan): SinkSettings {
  return {
    format: draw.of(['text', 'ndjson', 'csv']),
    fsync: draw.happens(0.5) || durability === 'machine',
    writeEmpty: draw.happens(0.3),
    chunkBytes: draw.of([1, 64, 262_144]),
  };
}

/** Operators that place a record by its key. */
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

/** Operators that keep records in their partition. */
const IN_PLACE: ReadonlySet<string> = new Set([
  'map',
  'flatMap',
  'filter',
  'mapValues',
  'flatMapValues',
  'persist',
  'cache',
]);

/** Tells whether the partitions of a stream follow from the keys of its records and the number of partitions. */
function hasKnownPartitions(id: string, { nodes }: ProgramPlan): boolean {
  const node: ProgramNode | undefined = nodes.find((one) => one.id === id);
  if (node === undefined) return false;
  // The partitions of an input are its blocks, independent of the parallelism.
  if (node.op === 'input' || BY_KEY.has(node.op)) return true;
  const [below] = node.from;
  return IN_PLACE.has(node.op) && below !== undefined && hasKnownPartitions(below, { nodes } as ProgramPlan);
}
