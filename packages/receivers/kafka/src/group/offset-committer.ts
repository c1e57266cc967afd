// Commits, one at a time. Acknowledgements that come during a commit are in the next one together. A commit that the group
// refuses because its members change is no failure: partitions that stay are committed in the next generation, and the records
// of partitions that were given away are read again by their new member.
import type { PartitionProgress } from './partition-progress.ts';

/** An offset to commit. */
export interface CommittedOffset {
  readonly topic: string;
  readonly partition: number;
  /** The offset of the next record of the group. */
  readonly offset: number;
}

/** Collaborators of an `OffsetCommitter`. */
export interface OffsetCommitterDeps {
  /** The progress of the partitions of this member. */
  readonly owned: () => readonly PartitionProgress[];
  /** Commits in the generation of this moment, without trying again in another one. */
  readonly commit: (offsets: readonly CommittedOffset[]) => Promise<void>;
  /** True for the refusal of a commit because the members of the group change. */
  readonly isRebalancing: (error: unknown) => boolean;
}

/** Tells the group how far this member is. */
export class OffsetCommitter {
  readonly #deps: OffsetCommitterDeps;
  #running: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  constructor(deps: OffsetCommitterDeps) {
    this.#deps = deps;
  }

  /**
   * Commits everything that is acknowledged now. Resolves when the group knows, or when the members of the group change.
   *
   * @throws the error of a failed commit.
   */
  flush(): Promise<void> {
    if (this.#running === undefined) return this.#start();
    this.#next ??= this.#running.then(
      () => this.#startNext(),
      () => this.#startNext(),
    );
    return this.#next;
  }

  #startNext(): Promise<void> {
    this.#next = undefined;
    return this.#start();
  }

  #start(): Promise<void> {
    const running = this.#commit().finally(() => {
      if (this.#running === running) this.#running = undefined;
    });
    this.#running = running;
    return running;
  }

  async #commit(): Promise<void> {
    const dirty = this.#deps.owned().filter(({ isDirty }) => isDirty);
    if (dirty.length === 0) return;
    const told = dirty.map((progress) => ({ progress, offset: progress.committable }));
    try {
      await this.#deps.commit(
        told.map(({ progress: { topic, partition }, offset }) => ({ topic, partition, offset })),
      );
      for (const { progress, offset } of told) progress.committed(offset);
    } catch (error) {
      if (!this.#deps.isRebalancing(error)) throw error;
    }
  }
}
