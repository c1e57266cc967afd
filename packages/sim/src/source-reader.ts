// The receiver of a simulated source: reads until its end, and stores according to the plan: single records, lines,
// whole blocks, or a mix of all, with some blocks that are not awaited. The reader keeps the rules of the context, so
// the engine has no reason for a refusal: a refusal counts as a broken promise (BLK-2).
import { isMillraceError, type ReceiverContext } from '@millrace/core';
import type { SimProcess } from './sim-process.ts';
import { linesOf, type SimRecord } from './sim-record.ts';
import type { SimSource } from './sim-source.ts';
import type { SourceStart } from './source-start.ts';

/** One run of a receiver. */
export interface SourceRun {
  readonly context: ReceiverContext<SimRecord | string>;
  readonly process: SimProcess;
  readonly start: SourceStart;
  /** The mark of the run's records. */
  readonly index: number;
}

const BLOCK_RECORDS = 50;
/** Pieces of a mixed stream are small, so that two pieces always fit into tight bounds. */
const PIECE_RECORDS = 12;
/** The maximum number of waiting blocks that are not awaited. */
const WAITING_BLOCKS_MAX = 2;
/** With bursts, one piece in this many is a burst of blocks, of limited size. */
const BURST_IN = 3;
const BURST_BLOCKS_MAX = 20;
const REFUSAL_TURNS = 8;
/** With odd values, one odd value comes with this many records. */
const ODD_IN = 15;
/** The delay after the end until a late call of the receiver, in ms. */
const LATE_MS = 100;

/** The codes of refusals that a reader gives no reason for. */
const REFUSALS: ReadonlySet<string> = new Set(['MR_RECEIVER_OVERRUN', 'MR_RECEIVER_BLOCK_TOO_LARGE']);
/** The codes of rejections of a block that was not accepted and never will be stored. */
const NOT_ACCEPTED: ReadonlySet<string> = new Set([...REFUSALS, 'MR_RECEIVER_NOT_RUNNING']);

/** A reader for one run; see the header of this file. */
export class SourceReader {
  readonly #source: SimSource;
  readonly #run: SourceRun;
  #failure: unknown;

  constructor(source: SimSource, run: SourceRun) {
    this.#source = source;
    this.#run = run;
  }

  /** Reads until the receiver ends. Never rejects: an error ends this receiver. */
  async read(first: number): Promise<void> {
    const { context, process } = this.#run;
    let next = first;
    try {
      while (!context.signal.aborted && process.isAlive) {
        next = await this.#poll(next);
        if (this.#failure !== undefined) throw this.#failure;
        if (this.#source.happens(process, 'receiver-restart')) {
          context.restart('the source requests a restart');
          break;
        }
        await context.clock.sleepFor(this.#source.pollMs, context.signal);
      }
    } catch (error) {
      if (!context.signal.aborted && process.isAlive) context.restart('reading failed', error);
    }
    if (this.#source.setup.plan.callsLate === true) await this.#callLate();
  }

  /** Stores the available records; returns the next position. */
  async #poll(first: number): Promise<number> {
    const { stores, mix, inBursts, fillsBounds } = this.#source.setup.plan;
    if (fillsBounds === true && mix === undefined && stores === 'records') return this.#fillBuffer(first);
    if (mix === undefined) return stores === 'blocks' ? this.#pollBlock(first) : this.#pollRecords(first);
    let next = first;
    while (this.#run.process.isAlive && this.#failure === undefined) {
      const numbers = this.#source.numbersFrom(next, 1 + this.#random(PIECE_RECORDS));
      if (numbers.length === 0) return next;
      if (inBursts === true && this.#random(BURST_IN) === 0) {
        next = await this.#storeBurst(next);
        continue;
      }
      await this.#storePiece(numbers);
      next = (numbers.at(-1) ?? next) + 1;
    }
    return next;
  }

  /** Stores small blocks one after the other without waiting, until one is refused; returns the next position. */
  async #storeBurst(first: number): Promise<number> {
    let next = first;
    for (let blocks = 0; blocks < BURST_BLOCKS_MAX; blocks += 1) {
      const numbers = this.#source.numbersFrom(next, PIECE_RECORDS);
      if (numbers.length === 0 || !this.#run.process.isAlive) break;
      if (await this.#isRefused(numbers)) break;
      next = (numbers.at(-1) ?? next) + 1;
    }
    return next;
  }

  /**
   * Tells whether a whole block is refused at once, because too many blocks wait; otherwise the block waits, without being
   * awaited.
   */
  async #isRefused(numbers: readonly number[]): Promise<boolean> {
    let isOverrun = false;
    const storing = this.#storeBlock(numbers, { mayBeRefused: true });
    storing.catch((error: unknown) => {
      if (isMillraceError(error, 'MR_RECEIVER_OVERRUN')) isOverrun = true;
      else this.#failure = error;
    });
    // A refusal comes at once: after a few turns of the promise queue, and without passing time.
    for (let turn = 0; turn < REFUSAL_TURNS; turn += 1) await Promise.resolve();
    return isOverrun;
  }

  async #pollRecords(first: number): Promise<number> {
    let next = first;
    for (
      let [number] = this.#source.numbersFrom(next, 1);
      number !== undefined && this.#run.process.isAlive;
    ) {
      await this.#storeRecords([number]);
      next = number + 1;
      [number] = this.#source.numbersFrom(next, 1);
    }
    return next;
  }

  /**
   * Stores records at once, without waiting, until one is refused; returns the next position. At most as many records are
   * accepted as may be held, because no block leaves the buffer meanwhile.
   */
  async #fillBuffer(first: number): Promise<number> {
    const { context, index, process, start } = this.#run;
    const { maxHeldRecords = Infinity, nowMs, violated } = this.#source.setup;
    const numbers = this.#source.numbersFrom(first, Infinity);
    let stored = 0;
    for (const number of numbers) {
      if (!process.isAlive) break;
      try {
        context.store([number, index], this.#source.tokenOf(number));
      } catch (error) {
        if (!isMillraceError(error, 'MR_RECEIVER_OVERRUN')) throw error;
        break;
      }
      start.addPiece('records', [number], nowMs());
      stored += 1;
    }
    if (stored > maxHeldRecords && process.isAlive)
      violated(
        'BLK-2',
        `${this.#source.name} stored ${stored} records at once, and ${maxHeldRecords} may be held`,
      );
    if (stored < numbers.length) await context.ready();
    return stored === 0 ? first : (numbers[stored - 1] ?? first) + 1;
  }

  async #pollBlock(first: number): Promise<number> {
    const { plan, maxHeldRecords = BLOCK_RECORDS } = this.#source.setup;
    const most = plan.fillsBounds === true ? maxHeldRecords : BLOCK_RECORDS;
    const numbers = this.#source.numbersFrom(first, most);
    if (numbers.length === 0) return first;
    await this.#storeBlock(numbers);
    return (numbers.at(-1) ?? first) + 1;
  }

  async #storePiece(numbers: readonly number[]): Promise<void> {
    const { mix, source } = this.#source.setup.plan;
    if (mix === 'text') return this.#storeLines(numbers);
    const draw = this.#random(4);
    if (draw === 0) return this.#storeBlock(numbers);
    if (draw === 1 && this.#run.start.waitingBlocks < WAITING_BLOCKS_MAX) {
      // The block is not awaited; later records must not overtake the block.
      void this.#storeBlock(numbers).catch((error: unknown) => (this.#failure = error));
      return;
    }
    // A range is read again as records, so a block of lines would differ from its range.
    if (draw === 2 && source !== 'ranges') return this.#storeLines(numbers);
    await this.#storeRecords(numbers);
  }

  async #storeRecords(numbers: readonly number[]): Promise<void> {
    const { context, index, process } = this.#run;
    const { storesOdd } = this.#source.setup.plan;
    for (const number of numbers) {
      if (!process.isAlive) return;
      const token = this.#source.tokenOf(number);
      await this.#take('records', [number], () => context.store([number, index], token));
      if (storesOdd === true && this.#random(ODD_IN) === 0) await this.#storeOdd();
    }
  }

  /** Stores a value that is not data, without an acknowledgement: no part of the value may appear in the output. */
  async #storeOdd(): Promise<void> {
    const { context } = this.#run;
    const odd = [() => undefined, Symbol('odd'), { toJSON: () => 1, odd: () => 2 }][this.#random(3)];
    this.#source.oddStored += 1;
    // The engine gets this value as a record, like from a source written without types.
    await this.#take('records', [], () => context.store(odd as unknown as SimRecord));
  }

  async #storeLines(numbers: readonly number[]): Promise<void> {
    const { context, index } = this.#run;
    const lines = linesOf(numbers, index);
    const token = this.#source.tokenOf(numbers.at(-1));
    await this.#take('lines', numbers, () => context.storeText(lines, numbers.length, token));
  }

  /** Stores by a synchronous call, and waits until there is room. */
  async #take(kind: 'lines' | 'records', numbers: readonly number[], store: () => boolean): Promise<void> {
    const { context, start } = this.#run;
    let isWelcome: boolean;
    try {
      isWelcome = store();
    } catch (error) {
      this.#complain(error);
      throw error;
    }
    start.addPiece(kind, numbers, this.#source.setup.nowMs());
    if (!isWelcome) await context.ready();
  }

  /** Stores a whole block; the receiver itself learns when the block is durable. */
  async #storeBlock(
    numbers: readonly number[],
    options: { readonly mayBeRefused: boolean } = { mayBeRefused: false },
  ): Promise<void> {
    const { context, process, start, index } = this.#run;
    const isAlone = start.waitingBlocks === 0;
    start.addBlock(numbers, this.#source.setup.nowMs());
    const { isReplayable } = this.#source;
    const metadata = isReplayable ? { position: numbers.at(-1) } : undefined;
    try {
      await context.storeBlock(
        numbers.map((number) => [number, index] as const),
        metadata,
      );
    } catch (error) {
      start.blockRefused(isMillraceError(error) && NOT_ACCEPTED.has(error.code) ? numbers : []);
      if (isAlone && !options.mayBeRefused) this.#complain(error);
      throw error;
    }
    start.blockStored();
    if (isReplayable) return;
    process.step();
    if (process.isAlive) this.#source.acknowledge(numbers);
  }

  /** A receiver that obeys back-pressure must not be refused, and no block up to the largest size. */
  #complain(error: unknown): void {
    if (!this.#run.process.isAlive || !isMillraceError(error) || !REFUSALS.has(error.code)) return;
    this.#source.setup.violated(
      'BLK-2',
      `${this.#source.name} obeys back-pressure and was refused: ${error.message}`,
    );
  }

  /** Calls the context after the end, at once and a while later: no record may be accepted. */
  async #callLate(): Promise<void> {
    const { context, process } = this.#run;
    // A requested end comes a turn later.
    if (!context.signal.aborted)
      await new Promise((resolve) => context.signal.addEventListener('abort', resolve));
    for (const waitMs of [0, LATE_MS]) {
      if (waitMs > 0) await context.clock.sleepFor(waitMs);
      if (!process.isAlive) return;
      this.#source.setup.coverage.fault('late-call');
      this.#refused('store', () => context.store([-1, 0], -1));
      this.#refused('storeText', () => context.storeText(linesOf([-1], 0), 1, -1));
      context.storeBlock([[-1, 0]], { position: -1 }).then(
        () => this.#tookLate('storeBlock'),
        () => undefined,
      );
      context.ready().then(
        () => this.#tookLate('ready'),
        () => undefined,
      );
      context.reportError('called after the end');
      context.restart('called after the end');
    }
  }

  #refused(name: string, call: () => unknown): void {
    try {
      call();
    } catch {
      return;
    }
    this.#tookLate(name);
  }

  #tookLate(name: string): void {
    this.#source.setup.violated(
      'REC-4',
      `${this.#source.name}: ${name} succeeded after the end of the receiver`,
    );
  }

  #random(below: number): number {
    return this.#source.setup.random.integer(below);
  }
}
