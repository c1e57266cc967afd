// Makes the RDDs that a batch needs with parents first. An operator asks its parents for their RDDs, and these theirs: for a
// long program that would be too many calls for the stack. So what an operator will ask for is made before.
import type { BatchTime } from '@millrace/core';
import type { RDD } from '../rdd/rdd.ts';
import type { StreamNode } from './stream-node.ts';

/** A batch of a stream. */
export type BatchOf = readonly [stream: StreamNode<unknown>, batchTime: BatchTime];

/** One walk at a time: what it found that is not there. */
export class BatchWalk {
  readonly #absent = new Map<StreamNode<unknown>, Set<BatchTime>>();
  #depth = 0;

  /** The RDD of a batch, made with everything that it is made from; undefined when there is none. */
  make<T>(stream: StreamNode<T>, batchTime: BatchTime): RDD<T> | undefined {
    if (this.#isAbsent(stream, batchTime)) return undefined;
    this.#depth += 1;
    try {
      this.#makeParents(stream, batchTime);
      return stream.makeNow(batchTime);
    } finally {
      this.#depth -= 1;
      // Later there may be an RDD.
      if (this.#depth === 0) this.#absent.clear();
    }
  }

  #makeParents(stream: StreamNode<unknown>, batchTime: BatchTime): void {
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

  /** What the operator of a batch will ask for and is not made. */
  #missing([stream, batchTime]: BatchOf): { readonly batch: BatchOf; areParentsMade: boolean }[] {
    return stream
      .asksFor(batchTime)
      .filter(
        ([parent, time]) =>
          parent.madeAt(time) === undefined && parent.isTimeValid(time) && !this.#isAbsent(parent, time),
      )
      .map((batch) => ({ batch, areParentsMade: false }));
  }

  #isAbsent(stream: StreamNode<unknown>, batchTime: BatchTime): boolean {
    return this.#absent.get(stream)?.has(batchTime) === true;
  }

  #noteAbsent(stream: StreamNode<unknown>, batchTime: BatchTime): void {
    let times = this.#absent.get(stream);
    if (times === undefined) this.#absent.set(stream, (times = new Set()));
    times.add(batchTime);
  }
}
