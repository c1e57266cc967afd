// The parts of checkpoints, as one driver writes and removes them. A part is numbered when it is written, and goes when
// none of the checkpoints that are kept names it. What earlier drivers left goes once this one has written as many
// checkpoints as are kept.
import type { CheckpointStore, Codec } from '@millrace/core';
import type { CheckpointParts } from '../dstream/checkpointed-state.ts';

/** The parts in the store of one driver. */
export class StoredParts implements CheckpointParts {
  readonly codec: Codec;
  readonly #store: CheckpointStore;
  readonly #keep: number;
  /** What each of the newest checkpoints names, oldest first. */
  readonly #named: ReadonlySet<number>[] = [];
  /** What is in the store; undefined until it was looked at. */
  #present: Promise<Set<number>> | undefined;

  constructor(options: { readonly store: CheckpointStore; readonly codec: Codec; readonly keep: number }) {
    this.#store = options.store;
    this.#keep = options.keep;
    this.codec = options.codec;
  }

  async write(bytes: Uint8Array): Promise<number> {
    const present = await this.#look();
    const part = Math.max(0, ...present) + 1;
    // Noted first: a write that fails may leave something behind, which goes with the parts that nobody names.
    present.add(part);
    await this.#store.writePart(part, bytes);
    return part;
  }

  async read(part: number): Promise<Uint8Array> {
    return this.#store.readPart(part);
  }

  /** Removes what no checkpoint needs, now that one more, which names these parts, is durable. */
  async keepOnly(named: readonly number[]): Promise<void> {
    this.#named.push(new Set(named));
    if (this.#named.length > this.#keep) this.#named.shift();
    if (this.#named.length < this.#keep) return;
    const present = await this.#look();
    for (const part of present) {
      if (this.#named.some((parts) => parts.has(part))) continue;
      await this.#store.removePart(part);
      present.delete(part);
    }
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
