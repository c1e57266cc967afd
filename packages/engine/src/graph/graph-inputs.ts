// The input streams of a graph: taking the input of a batch, and handing the taken input to a checkpoint, to an
// executor or to the next driver.
import type { BatchTime, Logger, StreamId } from '@millrace/core';
import { type BatchInput, escapeControls, type RecordErrors } from '@millrace/core/engine';
import type { InputStream } from './input-stream.ts';
import type { GraphStream } from './graph-stream.ts';

/** The most characters of a record in words. */
const WORDS_MAX = 1_024;

/** The input streams of one program. */
export class GraphInputs {
  readonly #inputs: InputStream[] = [];

  /** Registers an input stream. */
  add(stream: InputStream): void {
    this.#inputs.push(stream);
  }

  /** The input streams, in the order of their stream ids. */
  get all(): readonly InputStream[] {
    return this.#inputs;
  }

  /** The longest time that any input stream has to remember, in milliseconds. */
  get maxRememberMs(): number {
    return this.#inputs.reduce((most, { rememberMs }) => Math.max(most, rememberMs), 0);
  }

  /** Takes the input of the streams without allocated blocks. */
  async takeUnallocated(batchTime: BatchTime): Promise<void> {
    await prepare(
      this.#inputs.filter((input) => !input.isAllocated),
      batchTime,
    );
  }

  /** Takes the input of all streams; input that was taken before stays the input of the batch. */
  async take(allocated: BatchInput): Promise<void> {
    await prepare(this.#inputs, allocated.batchTime, allocated);
  }

  /**
   * The inputs of a batch, by stream id, as data that a checkpoint or a task message can hold. Receiver streams are
   * left out: the tracker knows their blocks.
   *
   * @throws `MR_GRAPH_INPUT_NOT_PORTABLE`.
   */
  exported(batchTime: BatchTime): ReadonlyMap<StreamId, unknown> {
    const inputs = new Map<StreamId, unknown>();
    for (const input of this.#inputs) {
      const taken = input.exportInput(batchTime);
      if (taken !== undefined) inputs.set(input.streamId, taken);
    }
    return inputs;
  }

  /**
   * The counterpart of `exported`: the batch gets this input, even when the source returns other input now (BAT-4).
   *
   * @throws `MR_GRAPH_INPUT_INVALID`.
   */
  restore(batchTime: BatchTime, inputs: ReadonlyMap<StreamId, unknown>): void {
    for (const input of this.#inputs) {
      if (inputs.has(input.streamId)) input.restoreInput(batchTime, inputs.get(input.streamId));
    }
  }

  /** See `DStreamGraph.recoverBatch`. */
  recover(
    batchTime: BatchTime,
    recorded: { readonly inputs: ReadonlyMap<StreamId, unknown>; readonly isDone: boolean },
  ): void {
    for (const input of this.#inputs) {
      if (recorded.inputs.has(input.streamId))
        input.restoreInput(batchTime, recorded.inputs.get(input.streamId));
      if (recorded.isDone) input.recoverDone(batchTime);
    }
  }

  /** Reports of the records that were left out of the input of a batch and become dead letters. */
  leftOutAt(batchTime: BatchTime): readonly RecordErrors[] {
    return this.#inputs.flatMap((input) => {
      const letters = input.recordErrorReaction === 'dead-letter' ? input.leftOutAt(batchTime) : [];
      const [first] = letters;
      if (first === undefined) return [];
      const record = escapeControls(first.record).slice(0, WORDS_MAX);
      return {
        rddId: `${batchTime}/${input.id}#stored`,
        partition: 0,
        partitions: 1,
        stream: input.id,
        operator: 'store',
        recordCount: letters.length,
        record,
        reason: first.reason,
        letters,
      };
    });
  }

  /** Warns of each input stream that no output reads. */
  warnOfUnread(read: ReadonlySet<GraphStream<unknown>>, log: Logger): void {
    for (const input of this.#inputs) {
      if (read.has(input)) continue;
      log.warn('no output reads this input stream: its records are dropped', {
        stream: input.id,
        streamId: input.streamId,
      });
    }
  }
}

/** Waits for all inputs before a failure is reported, so that a second attempt never overlaps with the first. */
async function prepare(
  inputs: readonly InputStream[],
  batchTime: BatchTime,
  allocated?: BatchInput,
): Promise<void> {
  const outcomes = await Promise.allSettled(
    inputs.map(async (input) => input.prepare(batchTime, allocated?.blocks.get(input.streamId))),
  );
  const errors = outcomes.filter((outcome) => outcome.status === 'rejected').map((outcome) => outcome.reason);
  if (errors.length === 1) throw errors[0];
  if (errors.length > 1)
    throw new AggregateError(errors, `${errors.length} inputs failed for batch ${batchTime}`);
}
