// The parts of checkpoints, as one driver writes and removes them. A part gets its number when it is written, and is
// removed when no checkpoint in the store names the part. Parts of earlier drivers are removed once this driver has
// written as many checkpoints as are kept. The parts of a checkpoint are noted before its write, because a failed write
// may have left the checkpoint in the store, and count as long as the store has the checkpoint.
import type { BatchTime, CheckpointStore, Codec } from '@millrace/core';
import type { CheckpointParts } from '../graph/checkpointed-state.ts';

/** The most surplus checkpoints whose parts are kept as well, because removing the checkpoints failed. */
const UNPRUNED_MAX = 1_000;

/** The parts in the store of one driver. */
export class StoredParts implements CheckpointParts {
  readonly codec: Codec;
  readonly #store: CheckpointStore;
  readonly #keep: number;
  /** The parts named by each checkpoint of this driver that the store may still have, by batch time, oldest first. */
  readonly #named = new Map<BatchTime, ReadonlySet<number>>();
  /** Checkpoints of earlier drivers, whose parts are not known; undefined before the first write. */
  #inherited: Set<BatchTime> | undefined;
  /** The bytes of the parts that this driver has written, by number. */
  readonly #sizes = new Map<number, number>();
  /** The bytes of all parts that were written. */
  #writtenBytes = 0;
  /** The parts in the store; undefined until the store was listed. */
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
    // Noted before the write: a failed write may leave something behind, which is removed with the parts that no
    // checkpoint names.
    present.add(part);
    await this.#store.writePart(part, bytes);
    this.#sizes.set(part, bytes.byteLength);
    this.#writtenBytes += bytes.byteLength;
    return part;
  }

  /** The bytes of all parts that were written so far, removed ones included. */
  get writtenBytes(): number {
    return this.#writtenBytes;
  }

  /** The bytes of these parts; undefined when an earlier driver has written one of them. */
  sizeOf(parts: readonly number[]): number | undefined {
    let size: number | undefined = 0;
    for (const part of parts) {
      const bytes = this.#sizes.get(part);
      size = size === undefined || bytes === undefined ? undefined : size + bytes;
    }
    return size;
  }

  async read(part: number): Promise<Uint8Array> {
    return this.#store.readPart(part);
  }

  /**
   * Notes the parts of a checkpoint before its write, in addition to the parts of an earlier checkpoint of the same time:
   * a write that fails may leave the earlier checkpoint or this one in the store. The earlier one may be of an earlier
   * driver, so the first call lists the store.
   */
  async noteTry(batchTime: BatchTime, named: readonly number[]): Promise<void> {
    this.#inherited ??= new Set(await this.#store.list());
    this.#add(batchTime, [...(this.#named.get(batchTime) ?? []), ...named]);
  }

  /**
   * Notes the parts of a checkpoint that is durable now; replaces the parts of an earlier checkpoint of the same time.
   */
  note(batchTime: BatchTime, named: readonly number[]): void {
    this.#inherited?.delete(batchTime);
    this.#add(batchTime, named);
  }

  #add(batchTime: BatchTime, named: readonly number[]): void {
    this.#named.delete(batchTime);
    this.#named.set(batchTime, new Set(named));
    const [oldest] = this.#named.keys();
    if (this.#named.size > this.#keep + UNPRUNED_MAX && oldest !== undefined) this.#named.delete(oldest);
  }

  /**
   * Removes the parts that no checkpoint in the store names. A part that cannot be removed does not stop the removal of
   * the other parts.
   *
   * @throws the first error of the store, after all other parts were removed.
   */
  async removeUnneeded(): Promise<void> {
    const listed = await this.#store.list();
    const isKnown = (batchTime: BatchTime): boolean =>
      this.#named.has(batchTime) && this.#inherited?.has(batchTime) !== true;
    if (!listed.slice(-this.#keep).every(isKnown)) return;
    for (const batchTime of this.#named.keys())
      if (!listed.includes(batchTime)) this.#named.delete(batchTime);
    const present = await this.#look();
    const needed = new Set([...this.#named.values()].flatMap((parts) => [...parts]));
    let failure: { readonly error: unknown } | undefined;
    for (const part of [...present].filter((one) => !needed.has(one))) {
      try {
        await this.#store.removePart(part);
        present.delete(part);
        this.#sizes.delete(part);
      } catch (error) {
        failure ??= { error };
      }
    }
    if (failure !== undefined) throw failure.error;
  }

  /**
   * Lists the store once, also for operators that write at the same time: two listings would give two parts one number,
   * and one operator the state of another.
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
