// The input of each stream in each batch: reported by the input streams while a batch is generated, read by the job
// generator when it submits the batch, shown by listeners. The tracker decides nothing.
import type { BatchTime, StreamId, StreamInputInfo } from '@millrace/core';
import { trackingError } from './tracking-errors.ts';

/** Input infos by batch. Only clean-up bounds the size. */
export class InputInfoTracker {
  readonly #batches = new Map<BatchTime, Map<StreamId, StreamInputInfo>>();

  /**
   * Records the input of a stream in a batch.
   *
   * @throws `MR_TRACKING_INPUT_REPORTED_TWICE`, `MR_TRACKING_INVALID_COUNT`.
   */
  report(batchTime: BatchTime, info: StreamInputInfo): void {
    for (const name of ['recordCount', 'sizeBytes', 'blockCount'] as const) assertCount(name, info);
    const infos = this.#batches.get(batchTime) ?? new Map<StreamId, StreamInputInfo>();
    if (infos.has(info.streamId)) {
      const message = `expected one report of stream ${info.streamId} for batch ${batchTime}, got a second one`;
      throw trackingError('MR_TRACKING_INPUT_REPORTED_TWICE', message, {
        details: { batchTime, streamId: info.streamId },
      });
    }
    infos.set(info.streamId, info);
    this.#batches.set(batchTime, infos);
  }

  /** A snapshot of the batch's infos; empty for a batch without reports. */
  getInfo(batchTime: BatchTime): ReadonlyMap<StreamId, StreamInputInfo> {
    return new Map(this.#batches.get(batchTime));
  }

  /** Infos with records that are in memory. */
  get infoCount(): number {
    const infos = [...this.#batches.values()].flatMap((batch) => [...batch.values()]);
    return infos.filter(({ recordCount }) => recordCount > 0).length;
  }

  /** Forgets one batch, so that its generation can be tried again from the beginning. */
  forget(batchTime: BatchTime): void {
    this.#batches.delete(batchTime);
  }

  /** Forgets the batches before `threshold`, itself excluded. */
  cleanup(threshold: BatchTime): void {
    for (const batchTime of this.#batches.keys()) {
      if (batchTime < threshold) this.#batches.delete(batchTime);
    }
  }
}

function assertCount(name: 'recordCount' | 'sizeBytes' | 'blockCount', info: StreamInputInfo): void {
  if (Number.isSafeInteger(info[name]) && info[name] >= 0) return;
  const message = `expected ${name} of stream ${info.streamId} to be a whole number from 0 up, got ${info[name]}`;
  throw trackingError('MR_TRACKING_INVALID_COUNT', message, { details: { streamId: info.streamId, name } });
}
