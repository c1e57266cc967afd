// Builds a drawn program in one process: its operators in order, then its outputs.
import type { DStream, StreamingContext } from '@millrace/engine';
import { stateFailure, type SimProgramSetup } from '../../sim-output.ts';
import type { SimRecord } from '../../sim-record.ts';
import { STREAM_BATCH_OPERATORS } from '../operator-names.ts';
import type { ProgramNode, ProgramPlan } from '../program-plan.ts';
import { inputOf } from '../input-records.ts';
import type { Shape } from '../shape.ts';
import { shapesOf } from '../shapes-of.ts';
import { buildBatchOperator, type Collection } from './build-batch-operators.ts';
import { buildEventTimeOperator, type AnyStream } from './build-event-time.ts';
import { buildOutput } from './build-outputs.ts';
import { buildStreamOperator } from './build-stream-operators.ts';
import { type MakeLater, userCalls } from './user-calls.ts';

/** Builds the program over the streams of the sources. */
export function buildDrawnProgram(
  ssc: StreamingContext,
  streams: readonly DStream<SimRecord>[],
  program: ProgramPlan,
  setup: SimProgramSetup,
): void {
  const shapes = shapesOf(program);
  const made = new Map<string, AnyStream>();
  for (const node of program.nodes) {
    const stream = buildNode(node, {
      ssc,
      streams,
      made,
      shapes,
      batchIntervalMs: setup.plan.batchIntervalMs,
      falter: stateFailure(setup),
      later: userCalls(setup),
    });
    made.set(node.id, node.hasUid === true ? named(stream, node) : stream);
  }
  for (const output of program.outputs) {
    const stream = made.get(output.from) as DStream<unknown>;
    buildOutput(stream, { output, shape: shapes.get(output.from) as Shape, setup });
  }
}

function named(stream: AnyStream, { id, renamed }: ProgramNode): AnyStream {
  if (renamed === undefined) return stream.uid(id);
  return stream.uid(`${id}-renamed`, renamed === 'from' ? { was: [`${id}-before`, id] } : {});
}

interface Built {
  readonly ssc: StreamingContext;
  readonly streams: readonly DStream<SimRecord>[];
  readonly made: ReadonlyMap<string, AnyStream>;
  readonly shapes: ReadonlyMap<string, Shape>;
  readonly batchIntervalMs: number;
  readonly falter: () => void;
  readonly later: MakeLater;
}

const BATCH_OPERATORS: ReadonlySet<string> = new Set(STREAM_BATCH_OPERATORS);

function buildNode(
  { op, from, set }: ProgramNode,
  { ssc, streams, made, shapes, batchIntervalMs, falter, later }: Built,
): AnyStream {
  if (op === 'input') {
    const stream = streams[set.source ?? 0] ?? streams[0];
    if (stream === undefined) throw new TypeError('a program has at least one stream');
    return stream.flatMap(inputOf(set));
  }
  const [first = '', other = first] = from;
  const input = made.get(first);
  const shape = shapes.get(first);
  if (input === undefined || shape === undefined)
    throw new TypeError(`${op} reads ${first}, which does not exist`);
  const work = { input, other: made.get(other) ?? input, shape, set, later };
  const timed = buildEventTimeOperator(op, work);
  if (timed !== undefined) return timed;
  const records = { ...work, input: input as DStream<unknown>, other: work.other as DStream<unknown> };
  const stream = buildStreamOperator(op, { ...records, ssc, batchIntervalMs, falter });
  if (stream !== undefined) return stream;
  if (!BATCH_OPERATORS.has(op)) throw new TypeError(`nothing builds ${op}`);
  const collections = {
    ...work,
    input: input as unknown as Collection,
    other: work.other as unknown as Collection,
  };
  return buildBatchOperator(
    op as (typeof STREAM_BATCH_OPERATORS)[number],
    collections,
  ) as unknown as AnyStream;
}
