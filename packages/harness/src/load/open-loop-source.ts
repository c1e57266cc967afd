// The source of a run: sends records at their intended times, independent of the engine. Records that the engine does
// not accept in time wait here with their intended time. A source outlives its receivers: a restarted receiver
// continues after the last acknowledged record, so a failure repeats records and loses none.
//
//   schedule ──due──► store(record, ack = its number) ──► acknowledged up to ──► position of a restart
import {
  type ConfiguredReceiver,
  defineReceiver,
  noOptions,
  type Receiver,
  type ReceiverContext,
} from '@millrace/core';
import { LoadSchedule, type LoadShape } from './load-schedule.ts';

/** Options of a source. */
export interface OpenLoopOptions<T> {
  readonly shape: LoadShape;
  /** Makes the record with this number, from 0; `intendedMs` and `storedMs` are wall milliseconds with a fraction. */
  readonly makeRecord: (
    index: number,
    times: { readonly intendedMs: number; readonly storedMs: number },
  ) => T;
  /**
   * The time between failures of the receiver, in milliseconds; each failure is followed by a restart. Default never.
   */
  readonly failEveryMs?: number;
}

/** The interval of checks for due records. */
const TICK_MS = 1;

/** Records between two turns of the event loop, so that a source far behind does not block other work. */
const RECORDS_PER_TURN = 8_192;

/** A source of one stream. Used on the executor in the process of its creation. */
export class OpenLoopSource<T> {
  readonly #schedule: LoadSchedule;
  readonly #options: OpenLoopOptions<T>;
  /** Wall time of the first record, after the first start. */
  #originMs: number | undefined;
  /** Elapsed time at which sending ends. */
  #endMs = Number.POSITIVE_INFINITY;
  #sent = 0;
  #acknowledged = 0;
  #failures = 0;

  constructor(options: OpenLoopOptions<T>) {
    this.#options = options;
    this.#schedule = new LoadSchedule(options.shape);
  }

  /** True once a receiver of the source has started in this thread. */
  get isStarted(): boolean {
    return this.#originMs !== undefined;
  }

  /** The number of different records stored at least once. */
  get sent(): number {
    return this.#sent;
  }

  /** The number of acknowledged records. */
  get acknowledged(): number {
    return this.#acknowledged;
  }

  /** The number of requested failures of the receiver. */
  get failures(): number {
    return this.#failures;
  }

  /** The number of due records without an acknowledgement. */
  get pending(): number {
    if (this.#originMs === undefined) return 0;
    const elapsedMs = Math.min(wallMs() - this.#originMs, this.#endMs);
    return Math.max(this.#sent, this.#schedule.dueBy(elapsedMs)) - this.#acknowledged;
  }

  /** Sends no records with a later intended time from now on; due records are still sent. */
  end(): void {
    this.#endMs = this.#originMs === undefined ? 0 : wallMs() - this.#originMs;
  }

  /** The receiver for `receiverStream`. */
  receiver(): ConfiguredReceiver<T> {
    return defineReceiver({
      name: 'open-loop',
      contract: 1,
      capabilities: {
        ack: 'cumulative',
        replayable: false,
        ordering: 'per-stream',
        pause: true,
        bounded: false,
        format: 'records',
        touches: [],
      },
      options: noOptions,
      create: (): Receiver<T> => ({
        start: (context) => this.#start(context),
        stop: () => undefined,
        acknowledge: (tokens) => {
          this.#acknowledged = Math.max(this.#acknowledged, (tokens.at(-1) as number) + 1);
        },
      }),
    })({});
  }

  #start(context: ReceiverContext<T>): void {
    this.#originMs ??= wallMs();
    this.#send(context, this.#originMs).catch((error: unknown) => {
      // After an abort every wait rejects with the reason of the stop, which the engine knows.
      if (!context.signal.aborted) context.restart('sending failed', error);
    });
  }

  async #send(context: ReceiverContext<T>, originMs: number): Promise<void> {
    const { clock, signal } = context;
    const { failEveryMs = Number.POSITIVE_INFINITY } = this.#options;
    const failAtMs = wallMs() + failEveryMs;
    let next = this.#acknowledged;
    while (!signal.aborted) {
      const elapsedMs = Math.min(wallMs() - originMs, this.#endMs);
      const due = Math.min(this.#schedule.dueBy(elapsedMs), next + RECORDS_PER_TURN);
      while (next < due) {
        const isWelcome = this.#storeOne(context, next, originMs);
        next += 1;
        if (!isWelcome) await context.ready();
      }
      this.#sent = Math.max(this.#sent, next);
      if (wallMs() > failAtMs) {
        this.#failures += 1;
        return context.restart('requested failure');
      }
      const isBehind = this.#schedule.dueBy(elapsedMs) > next;
      await clock.sleepFor(isBehind ? 0 : TICK_MS, signal);
    }
  }

  #storeOne(context: ReceiverContext<T>, index: number, originMs: number): boolean {
    const intendedMs = originMs + this.#schedule.intendedAtMs(index);
    const storedMs = wallMs();
    const isWelcome = context.store(this.#options.makeRecord(index, { intendedMs, storedMs }), index);
    this.#sent = Math.max(this.#sent, index + 1);
    return isWelcome;
  }
}

/** Wall time in milliseconds with a fraction, without jumps while the process runs. */
export function wallMs(): number {
  return performance.timeOrigin + performance.now();
}
