// Makes the RDDs of a batch, parents first. An operator asks its parents for RDDs, and the parents ask theirs: in a
// long program, these calls would overflow the stack. The walk therefore makes the parents' RDDs before an operator
// asks.
import type { BatchTime } from '@millrace/core';
import type { RDD } from '../rdd/rdd.ts';
import type { BatchOf, GraphStream } from './graph-stream.ts';

/** One walk at a time, with the batches found absent. */
export class BatchWalk {
  readonly #absent = new Map<GraphStream<unknown>, Set<BatchTime>>();
  #depth = 0;

  /** Makes the RDD of a batch, after all RDDs that it depends on; undefined when the batch has no RDD. */
  make<T>(stream: GraphStream<T>, batchTime: BatchTime): RDD<T> | undefined {
    if (this.#isAbsent(stream, batchTime)) return undefined;
    this.#depth += 1;
    try {
      this.#makeParents(stream, batchTime);
      return stream.makeNow(batchTime);
    } finally {
      this.#depth -= 1;
      // A later walk may find an RDD.
      if (this.#depth === 0) this.#absent.clear();
    }
  }

  #makeParents(stream: GraphStream<unknown>, batchTime: BatchTime): void {
    const open: { readonly batch: BatchOf; areParentsMade: boolean }[] = this.#missing([stream, batchTime]);
    for (let next = open.at(-1); next !== undefined; next = open.at(-1)) {
      const [parent, time] = next.batch;
      if (!next.areParentsMade) {
        next.areParentsMade = true;
        for (const missing of this.#missing(next.batch)) open.push(missing);
        continue;
      }
      open.pop();
      if (parent.madeAt(time) !== undefined || this.#isAbsent(parent, time)) continue;
      if (parent.makeNow(time) === undefined) this.#noteAbsent(parent, time);
    }
  }

  /** The batches that the operator of a batch will ask for and that are not made yet. */
  #missing([stream, batchTime]: BatchOf): { readonly batch: BatchOf; areParentsMade: boolean }[] {
    return stream
      .asksFor(batchTime)
      .filter(
        ([parent, time]) =>
          parent.madeAt(time) === undefined && parent.isTimeValid(time) && !this.#isAbsent(parent, time),
      )
      .map((batch) => ({ batch, areParentsMade: false }));
  }

  #isAbsent(stream: GraphStream<unknown>, batchTime: BatchTime): boolean {
    return this.#absent.get(stream)?.has(batchTime) === true;
  }

  #noteAbsent(stream: GraphStream<unknown>, batchTime: BatchTime): void {
    let times = this.#absent.get(stream);
    if (times === undefined) this.#absent.set(stream, (times = new Set()));
    times.add(batchTime);
  }
}
