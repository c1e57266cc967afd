// The engine's side of a receiver, for the tests of adapters: records the calls, and refuses on request.
import type { Clock } from '../src/contracts/clock.ts';
import type { Logger } from '../src/contracts/logger.ts';
import type { RandomSource } from '../src/contracts/random-source.ts';
import type { Receiver, ReceiverContext } from '../src/contracts/receiver.ts';
import type { Storage } from '../src/contracts/storage.ts';
import { ManualClock } from '../src/time/manual-clock.ts';

/** One call of `stop`, `restart` or `reportError`. */
export interface ToldEngine {
  readonly message: string;
  readonly error: unknown;
}

interface Waiting {
  readonly promise: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

/** A context whose `store` says false once `room` records have been stored, until `welcome` is called. */
export class FakeReceiverContext<T> implements ReceiverContext<T> {
  readonly streamId = 0;
  readonly attemptId = 'attempt';
  readonly executorId = 'executor';
  readonly host = 'localhost';
  readonly clock: Clock;
  readonly log: Logger;
  readonly stored: T[] = [];
  readonly stops: ToldEngine[] = [];
  readonly restarts: ToldEngine[] = [];
  readonly errors: ToldEngine[] = [];
  readonly logged: string[] = [];
  room = Number.POSITIVE_INFINITY;
  readonly #aborting = new AbortController();
  #waiting: Waiting | undefined;

  constructor(clock: Clock = new ManualClock()) {
    this.clock = clock;
    const note = (message: string): void => void this.logged.push(message);
    this.log = { debug: note, info: note, warn: note, error: note, child: () => this.log };
  }

  get signal(): AbortSignal {
    return this.#aborting.signal;
  }

  get isAwaited(): boolean {
    return this.#waiting !== undefined;
  }

  get random(): RandomSource {
    throw new Error('an adapter uses no chance');
  }

  get storage(): Storage {
    throw new Error('an adapter uses no files of the engine');
  }

  /** Makes room for this number of records and lets the receiver continue. */
  welcome(room = Number.POSITIVE_INFINITY): void {
    this.room = room;
    this.#waiting?.resolve();
    this.#waiting = undefined;
  }

  /** The engine's steps for ending a receiver: abort, then `stop`. */
  async end(receiver: Receiver<T>): Promise<void> {
    this.abort();
    await receiver.stop({ kind: 'stopped', message: 'test' });
  }

  /** Aborts the signal, as the engine does before calling `stop`. */
  abort(): void {
    this.#aborting.abort(new Error('stopped'));
    this.#waiting?.reject(this.signal.reason as Error);
    this.#waiting = undefined;
  }

  store(record: T): boolean {
    if (this.signal.aborted) throw new Error('stored after the abort');
    this.stored.push(record);
    this.room -= 1;
    return this.room > 0;
  }

  ready(): Promise<void> {
    if (this.room > 0) return Promise.resolve();
    this.#waiting ??= Promise.withResolvers<void>();
    return this.#waiting.promise;
  }

  storeText(): boolean {
    throw new Error('an adapter stores records');
  }

  storeBlock(): Promise<void> {
    throw new Error('an adapter stores single records');
  }

  storeBytes(): Promise<void> {
    throw new Error('an adapter stores single records');
  }

  reportError(message: string, error?: unknown): void {
    this.errors.push({ message, error });
  }

  restart(message: string, error?: unknown): void {
    this.restarts.push({ message, error });
  }

  stop(message: string, error?: unknown): void {
    this.stops.push({ message, error });
  }
}

/** Lets promise work, and work that waits for a turn of the event loop, finish. */
export async function settled(turns = 5): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) {
    await new Promise<void>((resolve) => void setImmediate(resolve));
  }
}
