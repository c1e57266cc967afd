// The parts of checkpoints, as one driver writes and removes them. A part is numbered when it is written, and goes when
// none of the checkpoints in the store names it. What earlier drivers left goes once this one has written as many
// checkpoints as are kept. What a checkpoint names is noted when it is durable, whatever becomes of removing others, and
// counts as long as the store has the checkpoint.
import type { BatchTime, CheckpointStore, Codec } from '@millrace/core';
import type { CheckpointParts } from '../graph/checkpointed-state.ts';

/** Checkpoints beyond those that are kept whose parts are kept too, because removing them failed. */
const UNPRUNED_MAX = 1_000;

/** The parts in the store of one driver. */
export class StoredParts implements CheckpointParts {
  readonly codec: Codec;
  readonly #store: CheckpointStore;
  readonly #keep: number;
  /** What each checkpoint of this driver names that the store may still have, by its batch time, oldest first. */
  readonly #named = new Map<BatchTime, ReadonlySet<number>>();
  /** What is in the store; undefined until it was looked at. */
  #present: Promise<Set<number>> | undefined;

  constructor(options: { readonly store: CheckpointStore; readonly codec: Codec; readonly keep: number }) {
    this.#store = options.store;
    this.#keep = options.keep;
    this.codec = options.codec;
  }

  async write(bytes: Uint8Array): Promise<number> {
    const present = await this.#look();
    let newest = 0;
    for (const known of present) newest = Math.max(newest, known);
    const part = newest + 1;
    // Noted first: a write that fails may leave something behind, which goes with the parts that nobody names.
    present.add(part);
    await this.#store.writePart(part, bytes);
    return part;
  }

  async read(part: number): Promise<Uint8Array> {
    return this.#store.readPart(part);
  }

  /** A checkpoint that names these parts is durable; one of the same time is replaced by it. */
  note(batchTime: BatchTime, named: readonly number[]): void {
    this.#named.delete(batchTime);
    this.#named.set(batchTime, new Set(named));
    const [oldest] = this.#named.keys();
    if (this.#named.size > this.#keep + UNPRUNED_MAX && oldest !== undefined) this.#named.delete(oldest);
  }

  /**
   * Removes what no checkpoint in the store names. A part that cannot be removed does not keep the others.
   *
   * @throws the first error of the store, after all others were removed.
   */
  async removeUnneeded(): Promise<void> {
    const listed = await this.#store.list();
    // Of an earlier driver's checkpoint it is not known what it names.
    if (listed.slice(-this.#keep).some((batchTime) => !this.#named.has(batchTime))) return;
    for (const batchTime of this.#named.keys())
      if (!listed.includes(batchTime)) this.#named.delete(batchTime);
    const present = await this.#look();
    const needed = new Set([...this.#named.values()].flatMap((parts) => [...parts]));
    let failure: { readonly error: unknown } | undefined;
    for (const part of [...present].filter((one) => !needed.has(one))) {
      try {
        await this.#store.removePart(part);
        present.delete(part);
      } catch (error) {
        failure ??= { error };
      }
    }
    if (failure !== undefined) throw failure.error;
  }

  /**
   * Looks once, also for operators that write at the same time: two looks would give two parts one number, and one
   * operator the state of another.
   */
  #look(): Promise<Set<number>> {
    this.#present ??= this.#store.listParts().then(
      (parts) => new Set(parts),
      (error: unknown) => {
        this.#present = undefined;
        throw error;
      },
    );
    return this.#present;
  }
}
