// A source outside of the engine, and the receiver that reads it. The source outlives every receiver and remembers: what
// it has produced, what each start of a receiver stored, and what was acknowledged. It complains at once when
// acknowledgements come out of order or with gaps (REC-2).
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

/** A record: its number, and for a source that sends again the start that brought it. Every stored one is one of a kind. */
export type SimRecord = readonly [number: number, start: number];

/** What a source needs of its world. */
export interface SimSourceSetup {
  readonly name: string;
  readonly plan: StreamPlan;
  readonly random: RandomSource;
  readonly coverage: Coverage;
  /** Told of every promise that is broken. */
  readonly violated: (promise: string, what: string) => void;
}

/** What one start of a receiver has done. */
export interface SourceStart {
  readonly stored: number[];
  /** How many of them were taken: a whole block may be refused until its promise resolves. */
  taken: number;
  acknowledged: number;
}

const POLL_MS = 20;

/** See the header of this file. */
export class SimSource {
  readonly #setup: SimSourceSetup;
  readonly starts: SourceStart[] = [];
  /** How many records there are: numbers from 0. */
  produced = 0;
  /** Everything below was acknowledged. */
  acknowledgedBelow = 0;
  /** Whether receivers fail as planned. */
  isFaulty = true;

  constructor(setup: SimSourceSetup) {
    this.#setup = setup;
  }

  get name(): string {
    return this.#setup.name;
  }

  /** Whether records come once by their number, whoever reads them. */
  get isReplayable(): boolean {
    return this.#setup.plan.source !== 'acknowledged';
  }

  /** The receiver of this source in one process. */
  receiver(process: SimProcess): ConfiguredReceiver<SimRecord> {
    const { source } = this.#setup.plan;
    return defineReceiver({
      name: this.name,
      contract: 1,
      capabilities: {
        ack: this.isReplayable ? 'none' : 'cumulative',
        replayable: this.isReplayable,
        ordering: 'per-stream',
        pause: true,
        bounded: false,
        format: 'records',
        touches: [],
      },
      options: noOptions,
      create: () => this.#create(process),
      ...(source === 'ranges' && { readRange: (_options: unknown, range: SourceRange) => readRange(range) }),
    })({});
  }

  #create(process: SimProcess): Receiver<SimRecord> {
    const start: SourceStart = { stored: [], taken: 0, acknowledged: 0 };
    const index = this.starts.push(start) - 1;
    return {
      start: (context) => {
        if (this.#fails(process)) throw new Error('the source cannot be reached');
        const run = { context, process, start, index: this.isReplayable ? 0 : index };
        void this.#read(run, this.#firstFor(context));
      },
      stop: () => undefined,
      ...(this.isReplayable
        ? {}
        : {
            acknowledge: async (tokens: readonly AckToken[]) => {
              if (this.#fails(process)) throw new Error('the source does not take acknowledgements');
              this.#acknowledge(process, start, tokens as readonly number[]);
            },
          }),
    };
  }

  #firstFor({ resumeFrom }: ReceiverContext<SimRecord>): number {
    if (!this.isReplayable) return this.acknowledgedBelow;
    return resumeFrom === undefined ? 0 : Number(resumeFrom) + 1;
  }

  /** Reads until the receiver ends. Never rejects: what fails is the end of this receiver. */
  async #read(run: Run, first: number): Promise<void> {
    const { context, process } = run;
    let next = first;
    try {
      while (!context.signal.aborted && process.isAlive) {
        next =
          this.#setup.plan.stores === 'blocks'
            ? await this.#storeBlock(run, next)
            : await this.#store(run, next);
        if (this.#restarts(process)) return context.restart('the source asks for it');
        await context.clock.sleepFor(POLL_MS, context.signal);
      }
    } catch (error) {
      if (!context.signal.aborted && process.isAlive) context.restart('reading failed', error);
    }
  }

  async #store({ context, process, start, index }: Run, first: number): Promise<number> {
    let next = first;
    while (next < this.produced && process.isAlive) {
      const isWelcome = context.store([next, index], next);
      start.stored.push(next);
      start.taken += 1;
      next += 1;
      if (!isWelcome) await context.ready();
    }
    return next;
  }

  /** Whole blocks: the receiver knows by itself when they are durable. */
  async #storeBlock({ context, process, start, index }: Run, first: number): Promise<number> {
    const end = Math.min(this.produced, first + 50);
    if (end <= first) return first;
    const numbers = Array.from({ length: end - first }, (_, offset) => first + offset);
    start.stored.push(...numbers);
    const metadata = this.isReplayable ? { position: end - 1 } : undefined;
    await context.storeBlock(
      numbers.map((number) => [number, index] as const),
      metadata,
    );
    start.taken = start.stored.length;
    if (!this.isReplayable) this.#acknowledge(process, start, numbers);
    return end;
  }

  #acknowledge(process: SimProcess, start: SourceStart, tokens: readonly number[]): void {
    process.step();
    if (!process.isAlive) return;
    for (const token of tokens) {
      const expected = start.stored[start.acknowledged];
      if (token !== expected) {
        this.#setup.violated('REC-2', `${this.name} was acknowledged ${token}, next was ${expected}`);
      }
      start.acknowledged += 1;
      this.acknowledgedBelow = Math.max(this.acknowledgedBelow, token + 1);
    }
  }

  #restarts(process: SimProcess): boolean {
    return this.#happens(process, this.#setup.plan.restartRate, 'receiver-restart');
  }

  #fails(process: SimProcess): boolean {
    return this.#happens(process, this.#setup.plan.failureRate, 'receiver-failure');
  }

  #happens(process: SimProcess, rate: number, kind: 'receiver-restart' | 'receiver-failure'): boolean {
    const { random, coverage } = this.#setup;
    if (!this.isFaulty || !process.isAlive || rate === 0 || random.next() >= rate) return false;
    coverage.fault(kind);
    return true;
  }
}

interface Run {
  readonly context: ReceiverContext<SimRecord>;
  readonly process: SimProcess;
  readonly start: SourceStart;
  /** What its records are marked with. */
  readonly index: number;
}

async function* readRange({ from, to }: SourceRange): AsyncGenerator<SourcePiece<SimRecord>> {
  const first = from === undefined ? 0 : Number(from) + 1;
  for (let number = first; number <= Number(to); number += 1)
    yield { kind: 'records', records: [[number, 0]] };
}
