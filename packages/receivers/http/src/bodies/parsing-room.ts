// Bounds of parsing: memory and event-loop time.

/** Bounds for parsing the body of one request. */
export interface ParsingRoom {
  /** Counts memory: above 0 taken, below 0 given back. @throws the refusal when a bound is reached. */
  count(bytes: number): void;
  /** Adds parsed bytes and reports whether the parser must await `nextTurn`. */
  isSpentAfter(bytes: number): boolean;
  /** Resolves when the parser may continue. */
  nextTurn(): Promise<void>;
}
