// Computes one partition: walks from an RDD through steps and routes to the sources, and runs all steps on the way as
// one loop over each chunk that a source hands over. Only sources wait (for blocks, files, shuffle outputs), and they
// do so between chunks; inside a chunk everything is one synchronous loop.
//
//   source ──chunk──► loop: step, step, step ──record──► sink
//
// A persisted RDD stands in for its sources: it is computed into the cache once and read from there.
import type { RDD } from './rdd.ts';
import type { Sink, Step } from './rdd-definition.ts';
import { pushInSlices } from './push-records.ts';
import { CollectSink } from './sinks.ts';
import type { TaskContext } from './task-context.ts';

/** Steps still to be run on the records of a place, the first one first. */
interface Place {
  readonly rdd: RDD<unknown>;
  readonly partition: number;
  readonly steps: readonly Step[];
}

/** Hands every record of a partition to the sink, in order. Rejects with whatever a source or a function throws. */
export async function computePartition<T>(
  rdd: RDD<T>,
  partition: number,
  context: TaskContext,
  sink: Sink<T>,
): Promise<void> {
  if (rdd.isPersisted && !isElsewhere(rdd, context)) return readCached(rdd, partition, context, [], sink);
  return computeFrom({ rdd, partition, steps: [] }, context, sink);
}

async function computeFrom(start: Place, context: TaskContext, sink: Sink<unknown>): Promise<void> {
  const open: Place[] = [start];
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    const { rdd, partition, steps } = place;
    const definition = rdd.definition;
    if (isElsewhere(rdd, context)) {
      const records = (await context.elsewhere?.read(rdd, partition)) ?? [];
      await pushInSlices(records, context, context.loops.loop(steps, sink));
    } else if (place !== start && rdd.isPersisted) {
      await readCached(rdd, partition, context, steps, sink);
    } else if (definition.kind === 'step') {
      open.push({ rdd: definition.parent, partition, steps: [definition.step, ...steps] });
    } else if (definition.kind === 'route') {
      open.push(
        ...definition
          .routes(partition)
          .toReversed()
          .map((route) => ({ ...route, steps })),
      );
    } else {
      await definition.produce(partition, context, context.loops.loop(steps, sink));
    }
  }
}

function isElsewhere(rdd: RDD<unknown>, context: TaskContext): boolean {
  return context.elsewhere?.has(rdd) === true;
}

async function readCached(
  rdd: RDD<unknown>,
  partition: number,
  context: TaskContext,
  steps: readonly Step[],
  sink: Sink<unknown>,
): Promise<void> {
  const records = await context.cache.getOrCompute(rdd.id, partition, async () => {
    const computed = new CollectSink<unknown>();
    await computeFrom({ rdd, partition, steps: [] }, context, computed);
    return computed.records();
  });
  await pushInSlices(records, context, context.loops.loop(steps, sink));
}
