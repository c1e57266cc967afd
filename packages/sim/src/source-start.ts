// What one start of a simulated receiver has done, as its source remembers it: what it stored, in which pieces, and which
// of them were acknowledged.

/** See the header of this file. */
export class SourceStart {
  /** The numbers that were stored, in the order of the calls. */
  readonly stored: number[] = [];
  /** How many of them were taken: a whole block may be refused until its promise resolves. */
  taken = 0;
  /** When it began and when its last record was stored, in ms of the world. */
  readonly beganMs: number;
  lastMs: number;
  /** How many blocks it forced: whole blocks, and changes between lines and records. */
  forcedCuts = 0;
  /** The numbers that each acknowledgement stands for, in the order of the calls. */
  readonly #pieces: (readonly number[])[] = [];
  #acknowledged = 0;
  #waitingBlocks = 0;
  #lastKind: 'lines' | 'records' | undefined;

  constructor(nowMs: number) {
    this.beganMs = nowMs;
    this.lastMs = nowMs;
  }

  /** How many whole blocks wait for their promise. */
  get waitingBlocks(): number {
    return this.#waitingBlocks;
  }

  /** A piece is about to be stored by a call that takes it at once. Its last number is its token. */
  addPiece(kind: 'lines' | 'records', numbers: readonly number[], nowMs: number): void {
    if (this.#lastKind !== undefined && this.#lastKind !== kind) this.forcedCuts += 1;
    this.#lastKind = kind;
    this.stored.push(...numbers);
    if (numbers.length > 0) this.#pieces.push(numbers);
    this.lastMs = nowMs;
    this.#noteTaken();
  }

  /** A whole block is about to be stored. */
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

  /** The promise of a whole block was rejected. */
  blockRefused(): void {
    this.#waitingBlocks -= 1;
  }

  /** So many of the numbers that came last were refused at once: they were not stored. */
  forgetLast(count: number): void {
    this.stored.length -= count;
  }

  /** The numbers of the piece that has to be acknowledged next; undefined: none waits. */
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
