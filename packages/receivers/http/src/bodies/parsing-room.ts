// What parsing may take: memory, counted as what is parsed takes it, and time of the event loop.

/** The room that the body of one request is parsed in. */
export interface ParsingRoom {
  /** Counts memory that is taken, and below 0 given back. @throws the refusal of a request for which there is none. */
  count(bytes: number): void;
  /** Whether parsing has to wait for `nextTurn`, with so many more bytes parsed. */
  isSpentAfter(bytes: number): boolean;
  /** Resolves when parsing may go on. */
  nextTurn(): Promise<void>;
}
