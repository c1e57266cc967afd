// The receiver of a simulated source: reads on until it ends, and stores as the plan says: record by record, as lines, as
// whole blocks, or all of that mixed, with some blocks that nobody waits for. It keeps the rules of the context, so the
// engine has no reason to refuse anything: a refusal is told as broken (BLK-2).
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
  /** What its records are marked with. */
  readonly index: number;
}

const BLOCK_RECORDS = 50;
/** Pieces of a mixed stream are small, so that two of them always fit where bounds bite. */
const PIECE_RECORDS = 12;
/** Blocks that may wait while nobody waits for them. */
const WAITING_BLOCKS_MAX = 2;
/** Where they come in bursts, one piece in so many is a burst of blocks, of at most so many. */
const BURST_IN = 3;
const BURST_BLOCKS_MAX = 20;
const REFUSAL_TURNS = 8;
/** Where odd values are stored, one comes with so many records. */
const ODD_IN = 15;
/** How long after its end a receiver that calls late calls once more, in ms. */
const LATE_MS = 100;

/** See the header of this file. Used for one run. */
export class SourceReader {
  readonly #source: SimSource;
  readonly #run: SourceRun;
  #failure: unknown;

  constructor(source: SimSource, run: SourceRun) {
    this.#source = source;
    this.#run = run;
  }

  /** Reads until the receiver ends. Never rejects: what fails is the end of this receiver. */
  async read(first: number): Promise<void> {
    const { context, process } = this.#run;
    let next = first;
    try {
      while (!context.signal.aborted && process.isAlive) {
        next = await this.#poll(next);
        if (this.#failure !== undefined) throw this.#failure;
        if (this.#source.happens(process, 'receiver-restart')) {
          context.restart('the source asks for it');
          break;
        }
        await context.clock.sleepFor(this.#source.pollMs, context.signal);
      }
    } catch (error) {
      if (!context.signal.aborted && process.isAlive) context.restart('reading failed', error);
    }
    if (this.#source.setup.plan.callsLate === true) await this.#callLate();
  }

  /** Stores what there is; where to go on. */
  async #poll(first: number): Promise<number> {
    const { stores, mix, inBursts } = this.#source.setup.plan;
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

  /** Stores small blocks one after the other without waiting for any, until one is refused; where to go on. */
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

  /** Whether a whole block is refused at once, because too many wait; else it waits, and nobody waits for it. */
  async #isRefused(numbers: readonly number[]): Promise<boolean> {
    const { start } = this.#run;
    let isOverrun = false;
    const storing = this.#storeBlock(numbers, { mayBeRefused: true });
    storing.catch((error: unknown) => {
      if (isMillraceError(error, 'MR_RECEIVER_OVERRUN')) isOverrun = true;
      else this.#failure = error;
    });
    // A refusal comes at once: a few turns of the promise queue, and no time of the world.
    for (let turn = 0; turn < REFUSAL_TURNS; turn += 1) await Promise.resolve();
    if (isOverrun) start.forgetLast(numbers.length);
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

  async #pollBlock(first: number): Promise<number> {
    const numbers = this.#source.numbersFrom(first, BLOCK_RECORDS);
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
      // Nobody waits for it; what comes after it must not overtake it.
      void this.#storeBlock(numbers).catch((error: unknown) => (this.#failure = error));
      return;
    }
    // A range is read again as records: there, lines would be another block.
    if (draw === 2 && source !== 'ranges') return this.#storeLines(numbers);
    await this.#storeRecords(numbers);
  }

  async #storeRecords(numbers: readonly number[]): Promise<void> {
    const { context, index, process } = this.#run;
    const { storesOdd } = this.#source.setup.plan;
    for (const number of numbers) {
      if (!process.isAlive) return;
      await this.#take('records', [number], () => context.store([number, index], number));
      if (storesOdd === true && this.#random(ODD_IN) === 0) await this.#storeOdd();
    }
  }

  /** Stores a value that is no data, without an acknowledgement: nothing of it may come out. */
  async #storeOdd(): Promise<void> {
    const { context } = this.#run;
    const odd = [() => undefined, Symbol('odd'), { toJSON: () => 1, odd: () => 2 }][this.#random(3)];
    this.#source.oddStored += 1;
    // The engine is told that this is a record, as a source written without types would.
    await this.#take('records', [], () => context.store(odd as unknown as SimRecord));
  }

  async #storeLines(numbers: readonly number[]): Promise<void> {
    const { context, index } = this.#run;
    const lines = linesOf(numbers, index);
    await this.#take('lines', numbers, () => context.storeText(lines, numbers.length, numbers.at(-1)));
  }

  /** Stores by a call that takes at once, and waits until more is welcome. */
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

  /** Whole blocks: the receiver knows by itself when they are durable. */
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
      start.blockRefused();
      if (isAlone && !options.mayBeRefused) this.#complain(error);
      throw error;
    }
    start.blockStored();
    if (isReplayable) return;
    process.step();
    if (process.isAlive) this.#source.acknowledge(numbers);
  }

  /** A receiver that waits when it is asked to has to be let in. */
  #complain(error: unknown): void {
    if (!this.#run.process.isAlive || !isMillraceError(error, 'MR_RECEIVER_OVERRUN')) return;
    this.#source.setup.violated(
      'BLK-2',
      `${this.#source.name} waits when it is asked to, and was refused: ${error.message}`,
    );
  }

  /** Calls the context after the end, at once and a while later: nothing may be taken. */
  async #callLate(): Promise<void> {
    const { context, process } = this.#run;
    // Asked for, the end comes a turn later.
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
      `${this.#source.name}: ${name} went well after the end of the receiver`,
    );
  }

  #random(below: number): number {
    return this.#source.setup.random.integer(below);
  }
}
