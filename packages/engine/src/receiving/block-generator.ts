// Turns single records into blocks: `store` appends, times and bounds cut, a loop pushes. The states and their
// transitions:
//
//   Initialized ──start──► Active ──stop──► StoppedAddingData ──last cut──► StoppedGeneratingBlocks
//                                                      everything pushed, or given up ──► StoppedAll
//
// Appending is the hot path of the engine and does one comparison. `boundary` is the place in the chunk at which the
// next check is due (`next-check.ts`). The record at that place takes the slow path, which does all checks and sets the
// next boundary. While a bound is reached the boundary stays at the next record, so each record is checked.
//
// A block is cut at the end of its interval. When a source waits for the acknowledgement of a stored record and no block
// is being pushed, the block is cut at the end of the turn; records that arrive during a push join the next block. The
// first record after a cut therefore takes the slow path, and requests the end of the turn (`CutTimes`).
//
// `BufferLimits` has the bounds of the buffer and the reactions at them. Whole blocks (`storeBlock`) wait for the same
// room. While a whole block waits, blocks cut after it queue behind it (`StoreWaiters`): the order of the calls is the
// order of the blocks.
import { type AckToken, type Block, isMillraceError, type Timer } from '@millrace/core';
import { AckTokens } from './ack-tokens.ts';
import { assertWholeLines } from './assert-whole-lines.ts';
import {
  type BlockGeneratorDeps,
  type BlockGeneratorState,
  type GeneratorStopped,
  notRunning,
} from './block-generator-deps.ts';
import { type BufferUsage, BufferLimits } from './buffer-limits.ts';
import { CutTimes } from './cut-times.ts';
import { NextCheck } from './next-check.ts';
import { CHUNK_RECORDS, FillingChunk, OpenBlock } from './open-block.ts';
import { PartitionRun } from './partition-run.ts';
import { PushLoop } from './push-loop.ts';
import { receivingError } from './receiving-errors.ts';
import { RecordSizeEstimator } from './record-size-estimator.ts';
import { ignoreRejection, type UnnamedBlock, StoreWaiters, wholeBlock } from './store-waiters.ts';

/** Cuts the records of one receiver into blocks. */
export class BlockGenerator {
  /** True: blocks are cut at their interval only, because many blocks wait for a batch already. Default false. */
  isCrowded = false;
  readonly #filling = new FillingChunk();
  readonly #deps: BlockGeneratorDeps;
  readonly #open = new OpenBlock();
  readonly #tokens: AckTokens;
  readonly #sizeEstimator: RecordSizeEstimator;
  readonly #bounds: BufferLimits;
  readonly #pushes: PushLoop;
  readonly #waiting = new StoreWaiters();
  readonly #check: NextCheck;
  readonly #times: CutTimes;
  readonly #run: PartitionRun;
  #state: BlockGeneratorState = 'Initialized';
  /** Never true while no record can be stored at all. */
  #isWelcome = false;
  /** Records that were accepted since `store` last returned true. */
  #takenUnwelcome = 0;
  #isOverrunTold = false;
  /** The end of an interval found the queue full: the cut follows when there is room. */
  #isCutDue = false;
  #failure: Error | undefined;
  #stopped: Promise<GeneratorStopped> | undefined;
  readonly #deadlines: Timer[] = [];

  constructor(deps: BlockGeneratorDeps) {
    const { clock, random, log, options } = deps;
    this.#deps = deps;
    this.#tokens = new AckTokens(deps.keepsLastTokenOnly === true);
    this.#sizeEstimator = new RecordSizeEstimator(options.maxBytesPerBlock, random.integer(2 ** 32));
    this.#bounds = new BufferLimits(options);
    this.#pushes = new PushLoop({
      clock,
      random,
      log,
      options,
      push: deps.onPushBlock,
      onPushed: () => this.#onPushed(),
      onFailed: (error) => this.#onFailed(error),
    });
    this.#check = new NextCheck({
      options,
      limiter: deps.limiter,
      filling: this.#filling,
      open: this.#open,
      bounds: this.#bounds,
      pushes: this.#pushes,
      sizeEstimator: this.#sizeEstimator,
    });
    this.#run = new PartitionRun(options);
    this.#times = new CutTimes({
      clock,
      blockIntervalMs: options.blockIntervalMs,
      onTurnEnd: () => this.#onTurnEnd(),
      onIntervalEnd: () => this.#onIntervalEnd(),
    });
  }

  /** The present phase. */
  get state(): BlockGeneratorState {
    return this.#state;
  }

  /** The accepted records that are not stored yet, as far as counted: up to 127 uncounted records may exist. */
  get held(): BufferUsage {
    const { cut } = this.#waiting;
    return {
      records: this.#open.recordCount + cut.records + this.#pushes.records,
      bytes: this.#open.sizeBytes + cut.bytes + this.#pushes.bytes,
      blocks: cut.blocks + this.#pushes.length,
    };
  }

  /** The content of whole blocks that wait for room; not part of `held`. */
  get waiting(): BufferUsage {
    return this.#waiting.whole;
  }

  /** The accepted records that `held` and `waiting` do not count yet. */
  get uncounted(): number {
    return this.#filling.length - this.#filling.counted;
  }

  /** The kept tokens of all accepted records that are not stored yet. Counted at the call. */
  get tokens(): number {
    return this.#tokens.count + this.#waiting.tokens + this.#pushes.tokens;
  }

  /**
   * Begins to accept records. Blocks are cut at multiples of the block interval, and at the ends of turns for a source
   * that waits for acknowledgements.
   *
   * @throws TypeError on a second start.
   */
  start(): void {
    if (this.#state !== 'Initialized')
      throw new TypeError(`a block generator cannot start in state ${this.#state}`);
    this.#state = 'Active';
    this.#deps.limiter.start(() => this.#refresh());
    this.#rearm();
  }

  /**
   * Stores one record. The record is accepted in any case; false asks to await `ready()` before the next one.
   * `sizeBytes`: see `ReceiverContext.store`.
   *
   * @throws `MR_RECEIVER_OVERRUN` at the hard bound, `MR_RECEIVER_NOT_RUNNING` unless active; the record is then not
   * accepted.
   */
  store(record: unknown, ack?: AckToken, sizeBytes?: number): boolean {
    const filling = this.#filling;
    const index = filling.length;
    if (index === filling.boundary) return this.#storeAtBoundary(record, ack, sizeBytes);
    filling.records[index] = record;
    filling.length = index + 1;
    if (ack !== undefined) this.#tokens.add(ack);
    // Counting text here costs a fraction of reading the lengths again later, and makes them exact.
    if (typeof record === 'string') filling.textBytes += record.length;
    if (sizeBytes !== undefined) filling.addGiven(record, sizeBytes);
    else if (typeof record !== 'string') return true;
    return filling.textBytes + filling.givenBytes < filling.knownUntil || this.#lookAtSizes();
  }

  /** Stores lines as bytes; otherwise like `store`. A block holds either lines or records: a change of kind cuts. */
  storeText(lines: Uint8Array, lineCount: number, ack?: AckToken): boolean {
    assertWholeLines(lines, lineCount);
    if (!this.#isWelcome) this.#refuseUnlessTaking();
    this.#countNew();
    if (this.#open.kind === 'records') this.#cut();
    this.#open.addText(lines, lineCount);
    if (ack !== undefined) this.#tokens.add(ack);
    this.#spend(lineCount, lines.byteLength);
    return this.#goOn();
  }

  /**
   * Stores a block as a whole, after everything stored before it and before everything stored after it, awaited or not.
   * Waits for the same bounds as `store`, and resolves when the push of the block has resolved. A stop pushes a waiting
   * block.
   *
   * @throws (as a rejection) `MR_RECEIVER_BLOCK_TOO_LARGE`, `MR_RECEIVER_OVERRUN` when waiting blocks have reached the
   * hard bound, `MR_RECEIVER_BLOCK_NOT_STORED`, `MR_RECEIVER_NOT_RUNNING` unless active.
   */
  storeBlock(block: Block, metadata?: unknown): Promise<void> {
    const refusal = this.#isTaking ? this.#refusalOf(block) : notRunning(this.#state, this.#failure);
    if (refusal !== undefined) return ignoreRejection(Promise.reject(refusal));
    // Counted first: records before the block must be in an earlier block.
    this.#countNew();
    this.#cut();
    this.#run.end();
    const whole = wholeBlock(block, metadata);
    this.#waiting.add(whole);
    this.#rearm();
    return whole.outcome.promise;
  }

  /** Resolves when storing is welcome; rejects with the reason of the stop, or unless active. */
  ready(): Promise<void> {
    if (!this.#isTaking) return ignoreRejection(Promise.reject(notRunning(this.#state, this.#failure)));
    return this.#isWelcome ? Promise.resolve() : this.#waiting.ready();
  }

  /**
   * Stops accepting records at once, cuts the last block and pushes everything. Never rejects. A repeated call has the
   * same result; the earliest end counts.
   *
   * @param reason The rejection of waiting callers.
   * @param withinMs The time after which unstored records are left behind. Absent: without a limit.
   */
  stop(reason: unknown, withinMs?: number): Promise<GeneratorStopped> {
    this.#stopped ??= this.#stop(reason);
    if (withinMs !== undefined && this.#state !== 'StoppedAll') {
      this.#deadlines.push(this.#deps.clock.after(withinMs, () => this.giveUp()));
    }
    return this.#stopped;
  }

  /** Ends a stop at once: unstored records are left behind. */
  giveUp(): void {
    this.#pushes.giveUp(
      receivingError('MR_RECEIVER_BLOCK_NOT_STORED', 'the time for storing the remaining records is over'),
    );
  }

  async #stop(reason: unknown): Promise<GeneratorStopped> {
    this.#state = 'StoppedAddingData';
    this.#isWelcome = false;
    this.#deps.limiter.stop();
    this.#times.cancel();
    this.#waiting.reject(reason);
    this.#countNew();
    this.#cut();
    for (let next = this.#waiting.take(); next !== undefined; next = this.#waiting.take()) this.#push(next);
    this.#filling.boundary = this.#filling.length;
    this.#state = 'StoppedGeneratingBlocks';
    await this.#pushes.drained();
    this.#state = 'StoppedAll';
    for (const deadline of this.#deadlines) deadline.cancel();
    return { recordsLeft: this.#pushes.records };
  }

  #storeAtBoundary(record: unknown, ack: AckToken, sizeBytes: number | undefined): boolean {
    if (!this.#isWelcome) this.#refuseUnlessTaking();
    if (this.#open.kind === 'text') this.#cut();
    const filling = this.#filling;
    if (typeof record === 'string') filling.textBytes += record.length;
    if (sizeBytes !== undefined) filling.addGiven(record, sizeBytes);
    filling.records[filling.length] = record;
    filling.length += 1;
    if (ack !== undefined) this.#tokens.add(ack);
    return this.#lookAtSizes();
  }

  /** Counts new records; returns whether more is welcome. */
  #lookAtSizes(): boolean {
    this.#countNew();
    if (!this.#check.isFree) return this.#goOn();
    this.#check.setBoundary();
    return true;
  }

  #refuseUnlessTaking(): void {
    if (!this.#isTaking) throw notRunning(this.#state, this.#failure);
    if (this.#bounds.isOverrun(this.held, this.#takenUnwelcome)) {
      throw this.#overrun(this.#bounds.overrun(this.held));
    }
  }

  #refusalOf(block: Block): Error | undefined {
    const refusal = this.#bounds.refusalOf(block, this.#waiting.whole, this.held);
    if (isMillraceError(refusal, 'MR_RECEIVER_OVERRUN')) this.#overrun(refusal);
    return refusal;
  }

  #overrun(error: Error): Error {
    if (!this.#isOverrunTold) this.#deps.onOverrun?.(error);
    this.#isOverrunTold = true;
    return error;
  }

  /** Counts the records that came by the fast path. */
  #countNew(): void {
    const filling = this.#filling;
    const count = filling.length - filling.counted;
    if (count === 0) return;
    const bytes = this.#sizeEstimator.measure(filling);
    filling.counted = filling.length;
    filling.textBytes = 0;
    filling.givenBytes = 0;
    this.#open.count(count, bytes);
    this.#spend(count, bytes);
  }

  #spend(records: number, bytes: number): void {
    this.#deps.limiter.take(records, bytes);
    if (!this.#isWelcome) this.#takenUnwelcome += records;
  }

  /** Called after each accepted piece: cuts at a bound, sets the next boundary, and returns whether more is welcome. */
  #goOn(): boolean {
    const { maxRecordsPerBlock, maxBytesPerBlock } = this.#deps.options;
    if (this.#open.recordCount >= maxRecordsPerBlock || this.#open.sizeBytes >= maxBytesPerBlock) this.#cut();
    else if (this.#filling.length === CHUNK_RECORDS) this.#closeChunk();
    this.#rearm();
    return this.#isWelcome;
  }

  /** Makes a block of the open, counted records; none without records. */
  #cut(): void {
    this.#isCutDue = false;
    if (this.#open.recordCount === 0) return;
    if (this.#filling.length > 0) this.#closeChunk();
    const block = this.#open.seal();
    const cut = {
      block,
      continues: this.#run.add(block),
      tokens: this.#tokens.take(),
      metadata: undefined,
      outcome: undefined,
    };
    if (this.#waiting.isEmpty) this.#push(cut);
    else this.#waiting.add(cut);
  }

  #push({ block, continues, tokens, metadata, outcome }: UnnamedBlock): void {
    this.#pushes.add({ id: this.#deps.nextBlockId(), block, continues, tokens, metadata }, outcome);
  }

  #closeChunk(): void {
    const { length } = this.#filling;
    this.#open.addChunk(this.#filling.take(), length);
  }

  #onTurnEnd(): void {
    if (!this.#isTaking) return;
    this.#countNew();
    if (this.#cutsAtOnce && !this.#tokens.isEmpty) this.#cut();
    this.#times.requestIntervalEnd();
    this.#rearm();
  }

  #onIntervalEnd(): void {
    this.#isCutDue = true;
    this.#refresh();
    this.#run.end();
  }

  #onPushed(): void {
    if (this.#isTaking) this.#refresh();
  }

  #onFailed(error: Error): void {
    this.#failure = error;
    this.#isWelcome = false;
    this.#filling.boundary = this.#filling.length;
    this.#deps.onFailed(error);
  }

  #refresh(): void {
    this.#countNew();
    this.#rearm();
  }

  /** Checks all bounds: admits waiting blocks, and sets the place of the next check. */
  #rearm(): void {
    if (!this.#isTaking) return;
    this.#letIn();
    if (this.#isCutDue && this.#waiting.isEmpty && !this.#bounds.isQueueFull(this.held)) this.#cut();
    this.#isWelcome = this.#waiting.isEmpty && this.#hasRoom(this.held);
    if (this.#isWelcome) {
      this.#takenUnwelcome = 0;
      this.#isOverrunTold = false;
      this.#waiting.release();
    }
    const isWatched = this.#watchesRecords();
    this.#check.setFree(this.#isWelcome && !isWatched);
    this.#check.setBoundary();
  }

  /**
   * Returns true while the next record decides about the time of the next cut. Requests the end of the turn when the
   * records of the open block have decided.
   */
  #watchesRecords(): boolean {
    const { awaitsTurnEnd, awaitsIntervalEnd } = this.#times;
    if (awaitsTurnEnd || this.#isCutDue) return false;
    if (awaitsIntervalEnd && !this.#cutsAtOnce) return false;
    if (this.#open.recordCount === 0 || (awaitsIntervalEnd && this.#tokens.isEmpty)) return true;
    this.#times.requestTurnEnd();
    return false;
  }

  /** True when a block that the source waits for is cut at the end of the turn: nothing is being pushed. */
  get #cutsAtOnce(): boolean {
    return this.#deps.sourceWaits && !this.isCrowded && this.#pushes.length === 0 && this.#waiting.isEmpty;
  }

  /**
   * Admits waiting blocks to the queue, as far as the bounds allow. A whole block needs room only beside the records
   * before it: room beside later records would never come.
   */
  #letIn(): void {
    const { limiter } = this.#deps;
    for (let next = this.#waiting.next; next !== undefined; next = this.#waiting.next) {
      const { block, outcome } = next;
      if (outcome !== undefined) {
        const { records, bytes, length: blocks } = this.#pushes;
        const before = { records, bytes, blocks };
        if (!this.#hasRoom(before) || !this.#bounds.hasRoomFor(block, before)) return;
        limiter.take(block.recordCount, block.sizeBytes);
      }
      this.#waiting.take();
      this.#push(next);
    }
  }

  #hasRoom(held: BufferUsage): boolean {
    return this.#deps.limiter.isOpen && this.#bounds.isWithinSoft(held);
  }

  get #isTaking(): boolean {
    return this.#state === 'Active' && this.#failure === undefined;
  }
}
