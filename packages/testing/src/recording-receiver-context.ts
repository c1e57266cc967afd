// The engine's side of one receiver, played by a test. The context records the stored data, signals back-pressure on
// request, delivers acknowledgements at the test's command, and records every reported error. The context is as strict
// as the engine: a call that fails in the engine fails here.
import {
  type AckToken,
  type Clock,
  ManualClock,
  type RandomSource,
  type Receiver,
  type ReceiverContext,
  SeededRandom,
  type StopReason,
  type Storage,
} from '@millrace/core';
import { coreError } from '@millrace/core';
import { MemoryStorage } from './memory-storage.ts';
import { RecordingLogger } from './recording-logger.ts';

/** The number of calls accepted after the first `false`; the next call fails with `MR_RECEIVER_OVERRUN`. */
const OVERRUN_MAX = 1_000;

/** Options of a recording context; every option has a default. */
export interface RecordingReceiverContextOptions {
  /** A `ManualClock` by default. */
  readonly clock?: Clock;
  /** Seeded by default. */
  readonly random?: RandomSource;
  /** In memory by default. */
  readonly storage?: Storage;
  readonly streamId?: number;
  readonly attemptId?: string;
  readonly executorId?: string;
  readonly host?: string;
  /** The start position of a replayable receiver; the beginning by default. */
  readonly resumeFrom?: unknown;
  /** The number of `store` and `storeText` calls that answer true; unlimited by default. */
  readonly room?: number;
}

/** A call of `reportError`, `restart` or `stop`. */
export interface RecordedMessage {
  readonly message: string;
  readonly error?: unknown;
  /** The delay passed to `restart`, if any. */
  readonly delayMs?: number;
}

/** A call of `storeBlock` or `storeBytes`. */
export interface RecordedBlock<T> {
  readonly content: readonly T[] | Uint8Array;
  readonly recordCount: number;
  readonly metadata?: unknown;
}

/** A `ReceiverContext` for testing a receiver alone. */
export class RecordingReceiverContext<T = unknown> implements ReceiverContext<T> {
  readonly streamId: number;
  readonly attemptId: string;
  readonly executorId: string;
  readonly host: string;
  readonly resumeFrom: unknown;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly storage: Storage;
  readonly log = new RecordingLogger();
  /** The number of held batches; set by the test. */
  heldBatches = 0;

  /** Everything stored by `store` and `storeBlock`, in order. */
  readonly records: T[] = [];
  /**
   * The byte sizes that belong to `records`: sizes given to `store`, or equal shares of the size given to `storeBlock`;
   * undefined when no size was given.
   */
  readonly givenBytes: (number | undefined)[] = [];
  /** Every line stored by `storeText`, in order, without the trailing `\n`. */
  readonly lines: string[] = [];
  /** Every block stored by `storeBlock` and `storeBytes`, in order. */
  readonly blocks: RecordedBlock<T>[] = [];
  readonly errors: RecordedMessage[] = [];
  readonly restarts: RecordedMessage[] = [];
  readonly stops: RecordedMessage[] = [];
  /** Tokens of stored data that are not acknowledged yet, in order. */
  readonly unacknowledged: AckToken[] = [];

  readonly #abort = new AbortController();
  #room: number;
  #overrun = 0;
  #welcome: PromiseWithResolvers<void> | undefined;
  /** Calls that wait for room, in order: blocks, and data stored after a block. */
  readonly #line: { readonly isBlock: boolean; readonly record: () => void }[] = [];
  #blockFailure: { readonly error: unknown } | undefined;

  constructor(options: RecordingReceiverContextOptions = {}) {
    this.streamId = options.streamId ?? 0;
    this.attemptId = options.attemptId ?? 'attempt-1';
    this.executorId = options.executorId ?? 'executor-1';
    this.host = options.host ?? 'host-1';
    this.resumeFrom = options.resumeFrom;
    this.clock = options.clock ?? new ManualClock();
    this.random = options.random ?? new SeededRandom(1);
    this.storage = options.storage ?? new MemoryStorage({ clock: this.clock });
    this.#room = options.room ?? Infinity;
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** True while the receiver waits in `ready()` or in a block store call. */
  get isAwaited(): boolean {
    return this.#welcome !== undefined || this.#line.length > 0;
  }

  /** Makes room for this many more `store` and `storeText` calls, unlimited by default, and wakes waiting callers. */
  makeRoom(room = Infinity): void {
    this.#room = room;
    this.#overrun = 0;
    if (room > 0) this.#wake();
  }

  /** Lets the next `storeBlock` or `storeBytes` fail with this error. */
  failNextBlock(error: unknown): void {
    this.#blockFailure = { error };
  }

  /** Starts a receiver as the engine does: a start that fails asks for a restart. */
  async start(receiver: Receiver<T>): Promise<void> {
    try {
      await receiver.start(this);
    } catch (error) {
      this.restart('receiver failed to start', error);
    }
  }

  /** Delivers the oldest tokens as acknowledged, all tokens by default. A receiver without `acknowledge` gets none. */
  async acknowledge(receiver: Receiver<T>, count = this.unacknowledged.length): Promise<void> {
    const tokens = this.unacknowledged.splice(0, count);
    if (tokens.length > 0) await receiver.acknowledge?.(tokens);
  }

  /** Ends a receiver as the engine does: the signal, then `stop`, then `closed`. */
  async end(
    receiver: Receiver<T>,
    reason: StopReason = { kind: 'stopped', message: 'by the test' },
  ): Promise<void> {
    this.abort(reason.error ?? new Error(reason.message));
    await receiver.stop(reason);
    await receiver.closed?.();
  }

  /**
   * Aborts the signal. `ready()` rejects with the signal's reason, waiting blocks are stored, and later stores fail.
   */
  abort(reason: unknown = new Error('the receiver was stopped')): void {
    this.#abort.abort(reason);
    for (const { record } of this.#line.splice(0)) record();
    this.#wake();
  }

  store(record: T, ack?: AckToken, sizeBytes?: number): boolean {
    const take = (): void => {
      this.records.push(record);
      this.givenBytes.push(sizeBytes);
    };
    return this.#take(take, ack);
  }

  storeText(lines: Uint8Array, lineCount: number, ack?: AckToken): boolean {
    const texts = new TextDecoder('utf-8', { ignoreBOM: true }).decode(lines).split('\n');
    if (texts.pop() !== '' || texts.length !== lineCount) {
      throw new TypeError(
        `storeText takes whole lines, each ended by \\n; these are not ${lineCount} of them`,
      );
    }
    return this.#take(() => {
      for (const text of texts) this.lines.push(text);
    }, ack);
  }

  async ready(): Promise<void> {
    while (this.#room <= 0 && !this.signal.aborted) {
      this.#welcome ??= Promise.withResolvers<void>();
      await this.#welcome.promise;
    }
    this.signal.throwIfAborted();
  }

  async storeBlock(records: readonly T[], metadata?: unknown, sizeBytes?: number): Promise<void> {
    const record = (): void => {
      for (const stored of records) {
        this.records.push(stored);
        this.givenBytes.push(sizeBytes === undefined ? undefined : sizeBytes / records.length);
      }
    };
    await this.#takeBlock({ content: records, recordCount: records.length, metadata }, record);
  }

  async storeBytes(bytes: Uint8Array, recordCount: number, metadata?: unknown): Promise<void> {
    await this.#takeBlock({ content: bytes, recordCount, metadata });
  }

  reportError(message: string, error?: unknown): void {
    this.errors.push({ message, error });
  }

  restart(message: string, error?: unknown, delayMs?: number): void {
    this.restarts.push({ message, error, ...(delayMs === undefined ? {} : { delayMs }) });
  }

  stop(message: string, error?: unknown): void {
    this.stops.push({ message, error });
  }

  #take(record: () => void, ack: AckToken): boolean {
    this.#assertRunning();
    this.#countCall();
    const take = (): void => {
      record();
      if (ack !== undefined) this.unacknowledged.push(ack);
    };
    if (this.#line.length > 0) this.#line.push({ isBlock: false, record: take });
    else take();
    return this.#room > 0 && this.#line.length === 0;
  }

  #countCall(): void {
    if (this.#room > 0) {
      this.#room -= 1;
      return;
    }
    this.#overrun += 1;
    if (this.#overrun <= OVERRUN_MAX) return;
    throw coreError(
      'MR_RECEIVER_OVERRUN',
      `stored ${OVERRUN_MAX} times after false: await ready() before going on`,
    );
  }

  async #takeBlock(block: RecordedBlock<T>, record: () => void = () => undefined): Promise<void> {
    this.#assertRunning();
    const taken = Promise.withResolvers<void>();
    const take = (): void => {
      const failure = this.#blockFailure;
      this.#blockFailure = undefined;
      if (failure !== undefined) return taken.reject(failure.error);
      this.blocks.push(block);
      record();
      taken.resolve();
    };
    this.#line.push({ isBlock: true, record: take });
    this.#letIn();
    await taken.promise;
  }

  #letIn(): void {
    for (let next = this.#line[0]; next !== undefined; next = this.#line[0]) {
      if (next.isBlock && this.#room <= 0) return;
      this.#line.shift();
      next.record();
    }
  }

  #assertRunning(): void {
    if (!this.signal.aborted) return;
    throw coreError('MR_RECEIVER_NOT_RUNNING', 'stored after the receiver was stopped: watch context.signal');
  }

  #wake(): void {
    this.#letIn();
    this.#welcome?.resolve();
    this.#welcome = undefined;
  }
}
