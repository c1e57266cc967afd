// Bounds of parsing and validating: memory, event-loop time, and the time of a schema.

/** Bounds for parsing the body of one request. */
export interface ParsingRoom {
  /** Counts memory: above 0 taken, below 0 given back. @throws the refusal when a bound is reached. */
  count(bytes: number): void;
  /** Adds parsed bytes and reports whether the parser must await `nextTurn`. */
  isSpentAfter(bytes: number): boolean;
  /** Resolves when the parser may continue. */
  nextTurn(): Promise<void>;
  /**
   * The result of work that may never end.
   *
   * @throws the refusal when the receiver is stopped, or the time of an answer is over.
   */
  inTime<R>(work: Promise<R>): Promise<R>;
}
