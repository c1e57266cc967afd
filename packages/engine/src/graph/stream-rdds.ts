// The RDDs of one stream: each is made once, and kept until the stream forgets its time and nothing holds the batch.
import type { BatchTime } from '@millrace/core';
import { ReleasingMap } from '@millrace/core/engine';
import type { RDD } from '../rdd/rdd.ts';
import type { LoadPartition } from './graph-stream.ts';

/** The made RDDs, by batch time. */
export class StreamRdds<T> {
  readonly #rdds = new ReleasingMap<BatchTime, RDD<T>>();
  readonly #held = new Set<{ readonly from: BatchTime }>();

  /** The RDD of a batch; undefined when not made, or forgotten. */
  get(batchTime: BatchTime): RDD<T> | undefined {
    return this.#rdds.get(batchTime);
  }

  /** Keeps the RDD of a batch. */
  set(batchTime: BatchTime, rdd: RDD<T>): void {
    this.#rdds.set(batchTime, rdd);
  }

  /** See `GraphStream.rebase`. */
  rebase(upTo: BatchTime, loadOf: (batchTime: BatchTime) => LoadPartition<T> | undefined): void {
    for (const [time, rdd] of this.#rdds) {
      if (time > upTo) continue;
      const load = loadOf(time);
      if (load === undefined) rdd.cutLineage();
      else rdd.rebase(load);
    }
  }

  /** See `GraphStream.hold`. */
  hold(from: BatchTime): () => void {
    const held = { from };
    this.#held.add(held);
    return () => void this.#held.delete(held);
  }

  /** The oldest batch that `hold` keeps; infinity without a hold. */
  get heldFrom(): BatchTime {
    let oldest = Number.POSITIVE_INFINITY;
    for (const { from } of this.#held) oldest = Math.min(oldest, from);
    return oldest;
  }

  /** Forgets the RDDs up to this time, without those that are held. @returns the forgotten times. */
  forget(upTo: BatchTime): readonly BatchTime[] {
    const { heldFrom } = this;
    const forgotten: BatchTime[] = [];
    for (const time of this.#rdds.keys()) {
      if (time > upTo || time >= heldFrom) continue;
      this.#rdds.delete(time);
      forgotten.push(time);
    }
    return forgotten;
  }
}
