// The progress of one assignment of one partition: stored records that wait for their acknowledgement, and the offset that
// may be committed. A partition that comes back after it was given away is another assignment, with another progress.
//
//   0 … 41     42 43 44 45      46 (malformed)  47 (marker)      48 …
//   acked      in flight        left out                          next
//   commit 42 now; 48 once 45 is acknowledged
/** Progress of a partition from the moment it was assigned to the moment it is given away. */
export class PartitionProgress {
  readonly topic: string;
  readonly partition: number;
  /** The offset behind everything that was stored or left out. */
  next: number;
  /** The offset behind the newest record that a broker has told, for the lag. */
  end: number | undefined;
  #acknowledged: number;
  #inFlight = 0;
  #committed: number | undefined;
  #isFenced = false;

  /**
   * @param from The offset of the first wanted record.
   * @param committed The committed offset of the group; undefined for a group without one, which then gets `from`.
   */
  constructor(topic: string, partition: number, from: number, committed: number | undefined) {
    this.topic = topic;
    this.partition = partition;
    this.next = from;
    this.#acknowledged = from;
    this.#committed = committed;
  }

  /** True when the partition was given away: another member may read and commit there. */
  get isFenced(): boolean {
    return this.#isFenced;
  }

  /** The highest offset that may be committed: nothing before is in flight. */
  get committable(): number {
    return this.#inFlight === 0 ? this.next : this.#acknowledged;
  }

  /** True when a commit would tell the group something new. */
  get isDirty(): boolean {
    return !this.#isFenced && this.committable !== this.#committed;
  }

  /** A record was stored. */
  stored(offset: number): void {
    // Everything before was acknowledged or left out.
    if (this.#inFlight === 0) this.#acknowledged = offset;
    this.#inFlight += 1;
    this.next = offset + 1;
  }

  /** Everything before the offset was stored or left out. */
  passed(next: number): void {
    this.next = next;
  }

  /** A stored record is durable. Records come back in the order of `stored`. */
  acknowledge(offset: number): void {
    this.#inFlight -= 1;
    this.#acknowledged = offset + 1;
  }

  /** The group knows this offset. */
  committed(offset: number): void {
    this.#committed = offset;
  }

  /** The partition was given away. */
  fence(): void {
    this.#isFenced = true;
  }
}
