// Records that no block contains, as a receiver's executor reports these records.

/** Records that a receiver stored and that the codec does not accept: no block contains these records. */
export interface LeftOutRecords {
  /** At least 1. */
  readonly recordCount: number;
  /** The reason why the first record was left out, in words. */
  readonly reason: string;
  /** The first of these records in words: one line of at most 1,024 characters, without control characters. */
  readonly record: string;
  /**
   * The number of these records that become no dead letter although their stream has the reaction `dead-letter`: a block,
   * or the queue entries of a batch, have at most 10,000 letters, of half a megabyte together. Absent: none.
   */
  readonly lostLetters?: number;
}
