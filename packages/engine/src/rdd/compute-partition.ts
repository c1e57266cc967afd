// Computes one partition: walks from an RDD through steps and routes to the sources, and runs all steps on the way
// as one loop over each chunk from a source. Only sources wait (for blocks, files, shuffle outputs), and only
// between chunks; inside a chunk everything is one synchronous loop.
//
//   source ──chunk──► loop: step, step, step ──record──► sink
//
// A persisted RDD stands in for its sources: the RDD is computed into the cache once and read from there.
import type { RDD } from './rdd.ts';
import type { ChunkSink, RecordSink, Step } from './rdd-definition.ts';
import { pushInSlices } from './push-records.ts';
import { CollectSink } from './sinks.ts';
import type { TaskContext } from './task-context.ts';

/** Number of RDDs that may be computed inside one another before the stack is unwound. */
const nestedOnStack = 64;

/** The first step and the steps after it; a list, because a chain of steps grows at its beginning. */
type Steps = { readonly step: Step; readonly after: Steps } | undefined;

/** The partition of an RDD, with the steps still to be run on its records. */
interface Place {
  readonly rdd: RDD<unknown>;
  readonly partition: number;
  readonly steps: Steps;
}

/** Pushes every record of a partition into the sink, in order. Rejects with the error of a source or a function. */
export async function computePartition<T>(
  rdd: RDD<T>,
  partition: number,
  context: TaskContext,
  sink: RecordSink<T>,
): Promise<void> {
  if (rdd.isPersisted && !isElsewhere(rdd, context))
    return readCached(rdd, partition, context, undefined, sink);
  return computeFrom({ rdd, partition, steps: undefined }, context, sink);
}

async function computeFrom(start: Place, context: TaskContext, sink: RecordSink<unknown>): Promise<void> {
  const { nesting } = context;
  nesting.depth += 1;
  try {
    // Nested computations stay on the stack until the first wait, so every so many levels wait once.
    if (nesting.depth % nestedOnStack === 0) await undefined;
    await computeRoutes(start, context, sink);
  } finally {
    nesting.depth -= 1;
  }
}

async function computeRoutes(start: Place, context: TaskContext, sink: RecordSink<unknown>): Promise<void> {
  const open: Place[] = [start];
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    const { rdd, partition, steps } = place;
    const definition = rdd.definition;
    if (isElsewhere(rdd, context)) {
      const records = (await context.elsewhere?.read(rdd, partition)) ?? [];
      await pushInSlices(records, context, loopOf(steps, context, sink));
    } else if (place !== start && rdd.isPersisted) {
      await readCached(rdd, partition, context, steps, sink);
    } else if (definition.kind === 'step') {
      open.push({ rdd: definition.parent, partition, steps: { step: definition.step, after: steps } });
    } else if (definition.kind === 'route') {
      for (const route of definition.routes(partition).toReversed()) open.push({ ...route, steps });
    } else {
      await definition.produce(partition, context, loopOf(steps, context, sink));
    }
  }
}

function loopOf(steps: Steps, context: TaskContext, sink: RecordSink<unknown>): ChunkSink<unknown> {
  const all: Step[] = [];
  for (let next = steps; next !== undefined; next = next.after) all.push(next.step);
  return context.loops.loop(all, sink);
}

function isElsewhere(rdd: RDD<unknown>, context: TaskContext): boolean {
  return context.elsewhere?.has(rdd) === true;
}

async function readCached(
  rdd: RDD<unknown>,
  partition: number,
  context: TaskContext,
  steps: Steps,
  sink: RecordSink<unknown>,
): Promise<void> {
  const compute = async () => {
    const computed = new CollectSink<unknown>();
    await computeFrom({ rdd, partition, steps: undefined }, context, computed);
    return computed.records();
  };
  const records = await context.cache.getOrCompute(rdd.id, partition, compute, context.signal);
  await pushInSlices(records, context, loopOf(steps, context, sink));
}
