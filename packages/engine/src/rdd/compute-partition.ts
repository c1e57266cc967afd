// Computes one partition: walks from an RDD through steps and routes to the sources, and runs all steps on the way
// as one loop over each chunk from a source. Only sources wait (for blocks, files, shuffle outputs), and only
// between chunks; inside a chunk everything is one synchronous loop.
//
//   source ──chunk──► loop: step, step, step ──record──► sink
//
// A persisted RDD stands in for its sources: the RDD is computed into the cache once and read from there.
//
// Records that are left out are reported when the computation has ended; a cached partition keeps its report.
import type { RecordErrors } from '@millrace/core/engine';
import type { ComputationErrors } from '../record-errors/task-record-errors.ts';
import type { RddNode, TaskContext } from './rdd-node.ts';
import type { ChunkSink, RecordSink } from './record-sink.ts';
import { pushInSlices } from './push-records.ts';
import { CollectSink } from './sinks.ts';
import { type PlacedStep, StepGuard } from './step-guard.ts';

/** Number of RDDs that may be computed inside one another before the stack is unwound. */
const nestedOnStack = 64;

/** The first step and the steps after it; a list, because a chain of steps grows at its beginning. */
type Steps = { readonly placed: PlacedStep; readonly after: Steps } | undefined;

/** The partition of an RDD, with the steps still to be run on its records. */
interface Place {
  readonly rdd: RddNode<unknown>;
  readonly partition: number;
  readonly steps: Steps;
}

/** The destination of a computation, and the records that it leaves out. */
interface Target {
  readonly sink: RecordSink<unknown>;
  readonly errors: ComputationErrors;
}

/** The reports of cached partitions with left-out records, by their lists of records. */
const reportsOfCached = new WeakMap<readonly unknown[], readonly RecordErrors[]>();

/** Pushes every record of a partition into the sink, in order. Rejects with the error of a source or a function. */
export async function computePartition<T>(
  rdd: RddNode<T>,
  partition: number,
  context: TaskContext,
  sink: RecordSink<T>,
): Promise<void> {
  if (rdd.isPersisted && !isElsewhere(rdd, context))
    return readCached({ rdd, partition, steps: undefined }, context, {
      sink,
      errors: context.recordErrors.begin(),
    });
  return computeFrom({ rdd, partition, steps: undefined }, context, sink);
}

async function computeFrom(start: Place, context: TaskContext, sink: RecordSink<unknown>): Promise<void> {
  const { nesting } = context;
  nesting.depth += 1;
  try {
    // Nested computations stay on the stack until the first wait, so every so many levels wait once.
    if (nesting.depth % nestedOnStack === 0) await undefined;
    const errors = context.recordErrors.begin();
    await computeRoutes(start, context, { sink, errors });
    errors.end();
  } finally {
    nesting.depth -= 1;
  }
}

async function computeRoutes(start: Place, context: TaskContext, target: Target): Promise<void> {
  const open: Place[] = [start];
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    const { rdd, partition, steps } = place;
    const definition = rdd.definition;
    if (isElsewhere(rdd, context)) {
      const records = (await context.elsewhere?.read(rdd, partition)) ?? [];
      await pushInSlices(records, context, loopOf(steps, context, target));
    } else if (place !== start && rdd.isPersisted) {
      await readCached(place, context, target);
    } else if (definition.kind === 'step') {
      const placed = { step: definition.step, rdd, partition };
      open.push({ rdd: definition.parent, partition, steps: { placed, after: steps } });
    } else if (definition.kind === 'route') {
      for (const route of definition.routes(partition).toReversed()) open.push({ ...route, steps });
    } else {
      await definition.produce(partition, context, loopOf(steps, context, target));
    }
  }
}

function loopOf(steps: Steps, context: TaskContext, { sink, errors }: Target): ChunkSink<unknown> {
  const all: PlacedStep[] = [];
  for (let next = steps; next !== undefined; next = next.after) all.push(next.placed);
  return context.loops.loop(
    all.map(({ step }) => step),
    sink,
    new StepGuard(all, errors),
  );
}

function isElsewhere(rdd: RddNode<unknown>, context: TaskContext): boolean {
  return context.elsewhere?.has(rdd) === true;
}

async function readCached(
  { rdd, partition, steps }: Place,
  context: TaskContext,
  target: Target,
): Promise<void> {
  const compute = async () => {
    const computed = new CollectSink<unknown>();
    const recordErrors = context.recordErrors.fresh({ ofCached: true });
    await computeFrom({ rdd, partition, steps: undefined }, { ...context, recordErrors }, computed);
    const computedRecords = computed.records();
    const { reports } = recordErrors;
    if (reports.length > 0) reportsOfCached.set(computedRecords, reports);
    return computedRecords;
  };
  const records = await context.cache.getOrCompute(rdd.id, partition, compute, context.signal);
  // The task that computed the partition may have failed since: every reader reports. A pinned partition has a job of its
  // own, which reports; the next batch is computed from it, and reports of all batches would pile up.
  const isReported = rdd.isPinned && context.recordErrors.isOfCached;
  if (!isReported) context.recordErrors.add(reportsOfCached.get(records) ?? []);
  await pushInSlices(records, context, loopOf(steps, context, target));
}
