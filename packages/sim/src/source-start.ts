// The record of one start of a simulated receiver, kept by its source: stored numbers, their pieces, and acknowledged
// pieces.

/** See the header of this file. */
export class SourceStart {
  /** The stored numbers, in the order of the calls. */
  readonly stored: number[] = [];
  /** The number of accepted numbers: a whole block may be refused until its promise resolves. */
  taken = 0;
  /** The time of the beginning and of the last stored record, in ms of the world. */
  readonly beganMs: number;
  lastMs: number;
  /** The number of forced block cuts: whole blocks, and changes between lines and records. */
  forcedCuts = 0;
  /** The numbers behind each acknowledgement, in the order of the calls. */
  readonly #pieces: (readonly number[])[] = [];
  #acknowledged = 0;
  #waitingBlocks = 0;
  #lastKind: 'lines' | 'records' | undefined;

  constructor(nowMs: number) {
    this.beganMs = nowMs;
    this.lastMs = nowMs;
  }

  /** The number of whole blocks with a pending promise. */
  get waitingBlocks(): number {
    return this.#waitingBlocks;
  }

  /** Adds a piece before its synchronous store call. Its last number is its token. */
  addPiece(kind: 'lines' | 'records', numbers: readonly number[], nowMs: number): void {
    if (this.#lastKind !== undefined && this.#lastKind !== kind) this.forcedCuts += 1;
    this.#lastKind = kind;
    this.stored.push(...numbers);
    if (numbers.length > 0) this.#pieces.push(numbers);
    this.lastMs = nowMs;
    this.#noteTaken();
  }

  /** Adds a whole block before its store call. */
  addBlock(numbers: readonly number[], nowMs: number): void {
    this.stored.push(...numbers);
    this.forcedCuts += 2;
    this.#waitingBlocks += 1;
    this.lastMs = nowMs;
  }

  /** The promise of a whole block has resolved. */
  blockStored(): void {
    this.#waitingBlocks -= 1;
    this.#noteTaken();
  }

  /**
   * The promise of a whole block was rejected. The numbers of a block that was not accepted are removed: a source that
   * sends each record once has not sent them. A block that was accepted may be stored all the same.
   */
  blockRefused(notAccepted: readonly number[]): void {
    this.#waitingBlocks -= 1;
    const [first] = notAccepted;
    if (first !== undefined) this.stored.splice(this.stored.lastIndexOf(first), notAccepted.length);
  }

  /** The numbers of the piece to be acknowledged next; undefined: none waits. */
  nextPiece(): readonly number[] | undefined {
    return this.#pieces[this.#acknowledged];
  }

  /** The next piece was acknowledged. */
  pieceAcknowledged(): void {
    this.#acknowledged += 1;
  }

  #noteTaken(): void {
    if (this.#waitingBlocks === 0) this.taken = this.stored.length;
  }
}
