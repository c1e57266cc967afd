// The context of a receiver under test, in place of the engine's context. The stage context is as strict as the engine
// and records all stored data and messages. One object is one life of a receiver.
import {
  type AckToken,
  type RandomSource,
  type ReceiverContext,
  SeededRandom,
  type Storage,
} from '@millrace/core';
import { coreError } from '@millrace/core';
import type { RecordingLogger } from '../../recording-logger.ts';
import type { WatchedClock } from './watched-clock.ts';

/** One call of `store` or `storeText`, or one block. */
export interface StoredEntry {
  readonly ids: readonly (number | undefined)[];
  readonly ack: AckToken;
  readonly call: 'store' | 'storeText' | 'storeBlock' | 'storeBytes';
  /** The promise awaited by the receiver of a block. */
  readonly settled?: PromiseWithResolvers<void>;
}

/** A request of a receiver. */
export interface Wish {
  readonly kind: 'restart' | 'stop';
  readonly message: string;
  readonly error: unknown;
}

/** Dependencies that a stage shares with every life. */
export interface StageContextDeps<T> {
  readonly clock: WatchedClock;
  readonly storage: Storage;
  readonly log: RecordingLogger;
  readonly attempt: number;
  readonly resumeFrom: unknown;
  readonly idOf: (record: T) => number | undefined;
}

/** The engine from the view of a receiver under test. */
export class StageContext<T> implements ReceiverContext<T> {
  readonly streamId = 0;
  readonly attemptId: string;
  readonly executorId = 'executor-1';
  readonly host = 'host-1';
  readonly resumeFrom: unknown;
  readonly clock: WatchedClock;
  readonly random: RandomSource;
  readonly storage: Storage;
  readonly log: RecordingLogger;

  /** Entries stored but not yet part of a block, in order. */
  readonly waiting: StoredEntry[] = [];
  /** Every id stored in this life, in order; undefined for a record that was never sent. */
  readonly storedIds: (number | undefined)[] = [];
  readonly calls = new Set<StoredEntry['call']>();
  readonly wishes: Wish[] = [];
  readonly errors: { readonly message: string; readonly error: unknown }[] = [];
  /** Calls of `store` after the answer was false and before `ready` was awaited. */
  callsAfterFalse = 0;
  callsAfterAbort = 0;
  /** Lines passed to `storeText`: the receiver's bytes, and a copy made at once. */
  readonly texts: { readonly given: Uint8Array; readonly copy: Buffer; readonly lineCount: number }[] = [];

  readonly #deps: StageContextDeps<T>;
  readonly #abort = new AbortController();
  #room = Number.POSITIVE_INFINITY;
  #isHeld = false;
  #welcome: PromiseWithResolvers<void> | undefined;
  /** Entries that wait for room, in the order of the calls: blocks, and entries stored behind a block. */
  readonly #line: StoredEntry[] = [];

  constructor(deps: StageContextDeps<T>) {
    this.#deps = deps;
    this.attemptId = `attempt-${deps.attempt}`;
    this.resumeFrom = deps.resumeFrom;
    this.clock = deps.clock;
    this.storage = deps.storage;
    this.log = deps.log;
    this.random = new SeededRandom(deps.attempt);
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** True while a caller waits for room. */
  get isAwaited(): boolean {
    return this.#welcome !== undefined || this.#line.length > 0;
  }

  /** True when the last answer was false and `ready` has not been awaited since. */
  get isHeld(): boolean {
    return this.#isHeld;
  }

  /** Makes room for this many records; by default there is unlimited room. */
  giveRoom(records: number): void {
    this.#room = records;
    if (records > 0) this.#wake();
  }

  /** Waiting entries are stored, as the engine does at a stop. */
  abort(reason: Error): void {
    this.#abort.abort(reason);
    for (const entry of this.#line.splice(0)) this.#keep(entry);
    this.#wake();
  }

  store(record: T, ack?: AckToken): boolean {
    return this.#take({ ids: [this.#deps.idOf(record)], ack, call: 'store' });
  }

  storeText(lines: Uint8Array, lineCount: number, ack?: AckToken): boolean {
    const copy = Buffer.from(lines);
    this.texts.push({ given: lines, copy, lineCount });
    const texts = copy.toString().split('\n');
    if (texts.at(-1) === '') texts.pop();
    const ids = texts.map((text) => this.#deps.idOf(text as T));
    return this.#take({ ids, ack, call: 'storeText' });
  }

  async ready(): Promise<void> {
    while (this.#room <= 0 && !this.signal.aborted) {
      this.#welcome ??= Promise.withResolvers<void>();
      await this.#welcome.promise;
    }
    this.signal.throwIfAborted();
    this.#isHeld = false;
  }

  storeBlock(records: readonly T[], metadata?: unknown): Promise<void> {
    return this.#storeBlock(records.map(this.#deps.idOf), metadata, 'storeBlock');
  }

  storeBytes(_: Uint8Array, recordCount: number, metadata?: unknown): Promise<void> {
    return this.#storeBlock(Array.from({ length: recordCount }), metadata, 'storeBytes');
  }

  reportError(message: string, error?: unknown): void {
    this.errors.push({ message, error });
  }

  restart(message: string, error?: unknown): void {
    this.wishes.push({ kind: 'restart', message, error });
  }

  stop(message: string, error?: unknown): void {
    this.wishes.push({ kind: 'stop', message, error });
  }

  async #storeBlock(ids: StoredEntry['ids'], metadata: unknown, call: StoredEntry['call']): Promise<void> {
    this.#assertRunning();
    const settled = Promise.withResolvers<void>();
    const ack = (metadata as { readonly position?: unknown } | undefined)?.position;
    this.#enqueue({ ids, ack, call, settled });
    await settled.promise;
  }

  #take(entry: StoredEntry): boolean {
    this.#assertRunning();
    if (this.#isHeld) this.callsAfterFalse += 1;
    if (this.#line.length > 0) this.#line.push(entry);
    else this.#keep(entry);
    this.#isHeld = this.#room <= 0;
    return !this.#isHeld;
  }

  #enqueue(block: StoredEntry): void {
    this.#line.push(block);
    this.#letIn();
  }

  /** Stores waiting entries while there is room. Entries stored behind a block need no room. */
  #letIn(): void {
    for (let next = this.#line[0]; next !== undefined; next = this.#line[0]) {
      if (next.settled !== undefined && this.#room <= 0) return;
      this.#line.shift();
      this.#keep(next);
    }
  }

  #keep(entry: StoredEntry): void {
    this.#room -= entry.ids.length;
    this.waiting.push(entry);
    for (const id of entry.ids) this.storedIds.push(id);
    this.calls.add(entry.call);
  }

  #assertRunning(): void {
    if (!this.signal.aborted) return;
    this.callsAfterAbort += 1;
    throw coreError('MR_RECEIVER_NOT_RUNNING', 'stored after the receiver was stopped: watch context.signal');
  }

  #wake(): void {
    this.#letIn();
    this.#welcome?.resolve();
    this.#welcome = undefined;
  }
}
