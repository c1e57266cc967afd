// A source outside of the engine. A source outlives every receiver and remembers the produced records, the records
// stored by each start of a receiver, and the acknowledgements. The source reports a violation at once when
// acknowledgements come out of order or with gaps (REC-2). Its receiver is `SourceReader`.
import {
  defineReceiver,
  noOptions,
  type AckToken,
  type ConfiguredReceiver,
  type RandomSource,
  type Receiver,
  type ReceiverContext,
  type SourcePiece,
  type SourceRange,
} from '@millrace/core';
import type { Coverage } from './coverage.ts';
import type { StreamPlan } from './plan.ts';
import type { SimProcess } from './sim-process.ts';
import { linesOf, type SimRecord } from './sim-record.ts';
import { SourceReader } from './source-reader.ts';
import { SourceStart } from './source-start.ts';

/** The parts of the world that a source needs. */
export interface SimSourceSetup {
  readonly name: string;
  readonly plan: StreamPlan;
  /** The most records that a receiver may hold; undefined: the default of the engine. */
  readonly maxHeldRecords?: number | undefined;
  readonly random: RandomSource;
  readonly coverage: Coverage;
  /** The time of the world, in ms. */
  readonly nowMs: () => number;
  /** Called for every broken promise. */
  readonly violated: (promise: string, what: string) => void;
}

const POLL_MS = 20;
const BURST_POLL_MS = 1_000;
/** More records than a plan has. */
const IN_FLIGHT_MAX = 1_000_000;

/** See the header of this file. */
export class SimSource {
  readonly setup: SimSourceSetup;
  readonly starts: SourceStart[] = [];
  /** The number of blocks of each batch in the output. */
  readonly blocks = new Map<number, number>();
  /** The number of produced records: numbers from 0. */
  produced = 0;
  /** All records below this number were acknowledged. */
  acknowledgedBelow = 0;
  /** The number of stored values that no codec accepts. */
  oddStored = 0;
  /** The number of left-out records reported by the current driver. */
  toldLeftOut = 0;
  /** True when receivers fail as planned. */
  isFaulty = true;
  /** The number of records produced while faults were on. */
  producedInFaults = 0;
  /** The polling interval of a receiver, in ms. */
  pollMs: number;
  /** Records below this number may have been lost from memory in earlier worlds, or with a driver that an operator ended. */
  lostBelow = 0;
  /** Acknowledged numbers beyond `acknowledgedBelow`. */
  readonly #acknowledged = new Set<number>();

  constructor(setup: SimSourceSetup) {
    this.setup = setup;
    this.pollMs = setup.plan.inBursts === true ? BURST_POLL_MS : POLL_MS;
  }

  get name(): string {
    return this.setup.name;
  }

  /** True when each record appears once by its number, in any start. */
  get isReplayable(): boolean {
    return !this.isAcknowledging && !this.sendsOnce;
  }

  /** True when the source sends unacknowledged records again. */
  get isAcknowledging(): boolean {
    return this.setup.plan.source === 'acknowledged';
  }

  /** True when the source sends each record once, whatever becomes of the record. */
  get sendsOnce(): boolean {
    return this.setup.plan.source === 'unacknowledged';
  }

  /** The token of a record for `store`: its acknowledgement, or its position. */
  tokenOf(number: number | undefined): number | undefined {
    return this.sendsOnce ? undefined : number;
  }

  /** Tells whether a record was acknowledged. */
  isAcknowledged(number: number): boolean {
    return number < this.acknowledgedBelow || this.#acknowledged.has(number);
  }

  /** Up to `most` unread numbers, from `first` on. */
  numbersFrom(first: number, most: number): readonly number[] {
    const numbers: number[] = [];
    for (let number = first; number < this.produced && numbers.length < most; number += 1)
      if (this.isReplayable || !this.#acknowledged.has(number)) numbers.push(number);
    return numbers;
  }

  /** The receiver of this source in one process. */
  receiver(process: SimProcess): ConfiguredReceiver<SimRecord | string> {
    const { source, mix, ack = 'cumulative' } = this.setup.plan;
    return defineReceiver({
      name: this.name,
      contract: 1,
      capabilities: {
        ack: this.isAcknowledging ? ack : 'none',
        replayable: this.isReplayable,
        ordering: 'per-stream',
        pause: true,
        bounded: false,
        format: mix === 'text' ? 'text' : 'records',
        touches: [],
        // A cumulative source with a bound waits for its acknowledgements, one without a bound does not.
        ...(mix === undefined && this.isAcknowledging ? { maxInFlight: IN_FLIGHT_MAX } : {}),
      },
      options: noOptions,
      create: () => this.#create(process),
      ...(source === 'ranges' && {
        readRange: (_options: unknown, range: SourceRange) => readRange(range, mix === 'text'),
      }),
    })({});
  }

  /** Acknowledges pieces, each by the last of its numbers. */
  acknowledgePieces(start: SourceStart, tokens: readonly number[]): void {
    for (const token of tokens) {
      const piece = start.nextPiece();
      const expected = piece?.at(-1);
      if (token !== expected) {
        this.setup.violated('REC-2', `${this.name} got acknowledgement ${token}, expected ${expected}`);
      }
      start.pieceAcknowledged();
      this.acknowledge(piece ?? []);
    }
  }

  /** Marks these records as acknowledged, or, by whole blocks of a source without acknowledgements, as durable. */
  acknowledge(numbers: readonly number[]): void {
    if (this.setup.plan.ack === undefined && this.isAcknowledging) {
      this.acknowledgedBelow = Math.max(this.acknowledgedBelow, (numbers.at(-1) ?? -1) + 1);
      return;
    }
    for (const number of numbers) this.#acknowledged.add(number);
    while (this.#acknowledged.delete(this.acknowledgedBelow)) this.acknowledgedBelow += 1;
  }

  /** Tells whether a planned fault of this kind happens now. */
  happens(process: SimProcess, kind: 'receiver-restart' | 'receiver-failure'): boolean {
    const { random, coverage, plan } = this.setup;
    const rate = kind === 'receiver-restart' ? plan.restartRate : plan.failureRate;
    if (!this.isFaulty || !process.isAlive || rate === 0 || random.next() >= rate) return false;
    coverage.fault(kind);
    return true;
  }

  #create(process: SimProcess): Receiver<SimRecord | string> {
    const start = new SourceStart(this.setup.nowMs());
    const index = this.starts.push(start) - 1;
    return {
      start: (context) => {
        if (this.happens(process, 'receiver-failure')) throw new Error('the source cannot be reached');
        const run = { context, process, start, index: this.isReplayable ? 0 : index };
        void new SourceReader(this, run).read(this.#firstFor(context));
      },
      stop: () => undefined,
      ...(!this.isAcknowledging
        ? {}
        : {
            acknowledge: async (tokens: readonly AckToken[]) => {
              if (this.happens(process, 'receiver-failure'))
                throw new Error('the source does not take acknowledgements');
              process.step();
              if (process.isAlive) this.acknowledgePieces(start, tokens as readonly number[]);
            },
          }),
    };
  }

  #firstFor({ resumeFrom }: ReceiverContext<SimRecord | string>): number {
    if (this.isAcknowledging) return this.acknowledgedBelow;
    if (this.sendsOnce) return Math.max(-1, ...this.starts.map(({ stored }) => stored.at(-1) ?? -1)) + 1;
    return resumeFrom === undefined ? 0 : Number(resumeFrom) + 1;
  }
}

async function* readRange(
  { from, to }: SourceRange,
  isText: boolean,
): AsyncGenerator<SourcePiece<SimRecord | string>> {
  const first = from === undefined ? 0 : Number(from) + 1;
  for (let number = first; number <= Number(to); number += 1) {
    if (isText) yield { kind: 'lines', bytes: linesOf([number], 0), lineCount: 1 };
    else yield { kind: 'records', records: [[number, 0]] };
  }
}
