// The partitions that the group has given to this member. A partition keeps its progress from one generation of the group to
// the next only if this member had the partition in both, and took part in every generation between: otherwise another member
// may have read and committed there, and the progress is fenced. With the protocol of KIP-848 a member that has a partition in
// both had the partition all the time.
//
//   generation   5          6          7          9
//   assigned     A B        A          A B        A
//                           B fenced   B anew     A fenced and anew: who had A in generation 8?
import type { PartitionProgress } from './partition-progress.ts';

/** A partition of a topic. */
export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** This member in one generation of the group. */
export interface Membership {
  readonly memberId: string;
  readonly generation: number;
  readonly assigned: readonly TopicPartition[];
  /**
   * True when the group gives a partition to another member only after this member has given the partition up, in whatever
   * generation. Default: false, a generation that this member missed may have had the partition elsewhere.
   */
  readonly isGivenUpFirst?: boolean;
}

/** Follows the assignments of one member. */
export class AssignedPartitions {
  readonly #owned = new Map<string, PartitionProgress>();
  #membership: Membership | undefined;

  /** The newest membership; undefined outside of the group. */
  get membership(): Membership | undefined {
    return this.#membership;
  }

  /** The progress of every partition that was begun and is not fenced. */
  get owned(): readonly PartitionProgress[] {
    return [...this.#owned.values()];
  }

  /** Takes the next membership; the partitions that have to begin. */
  take(next: Membership): readonly TopicPartition[] {
    const last = this.#membership;
    const isNext = next.isGivenUpFirst === true || last?.generation === next.generation - 1;
    const isContinued = last?.memberId === next.memberId && isNext;
    const assigned = new Set(next.assigned.map(keyOf));
    for (const [key, progress] of this.#owned) {
      if (isContinued && assigned.has(key)) continue;
      progress.fence();
      this.#owned.delete(key);
    }
    this.#membership = next;
    return next.assigned.filter((one) => !this.#owned.has(keyOf(one)));
  }

  /** Begins partitions that `take` has returned, unless a newer membership was taken meanwhile. False in that case. */
  begin(membership: Membership, begun: readonly PartitionProgress[]): boolean {
    if (membership !== this.#membership) return false;
    for (const progress of begun) this.#owned.set(keyOf(progress), progress);
    return true;
  }

  /** Fences everything: the member has left the group. */
  leave(): void {
    for (const progress of this.#owned.values()) progress.fence();
    this.#owned.clear();
    this.#membership = undefined;
  }
}

function keyOf({ topic, partition }: TopicPartition): string {
  return `${partition}:${topic}`;
}
