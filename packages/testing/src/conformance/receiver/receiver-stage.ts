// Plays the engine for one receiver under test. Lives start, end and follow one another. Blocks are cut, stored
// according to a script, registered and acknowledged, in the order of the engine:
//
//   stored entries ─► block ─► script: stored │ temporary (retry) │ permanent (end of this life)
//                                 └─► registered, position kept ─► acknowledge
//
// Blocks are pushed in order, as in the engine. The queue of a life is lost at the end of the life.
import assert from 'node:assert/strict';
import type { Receiver, SourceRange, StopReason } from '@millrace/core';
import { RecordingLogger } from '../../recording-logger.ts';
import { CountingStorage } from './counting-storage.ts';
import { asReceiver } from './receiver-mark.ts';
import type { ReceiverTarget, ReceiverWorld } from './receiver-target.ts';
import { StageContext, type StoredEntry } from './stage-context.ts';
import { WatchedClock } from './watched-clock.ts';

/** The outcome of an attempt to store a block. */
export type StoreOutcome = 'stored' | 'temporary' | 'permanent';
/** Decides the outcome of attempts, numbered from 0 across the whole check. */
export type StoreScript = (attempt: number) => StoreOutcome;

/** One life of a receiver. */
export interface StageLife<T> {
  readonly receiver: Receiver<T>;
  readonly context: StageContext<T>;
  /** Settles together with `start`; never rejects. */
  readonly started: Promise<void>;
}

const BLOCK_ENTRIES = 7;
const TRIES_MAX = 6;
const RESTART_DELAY_MS = 2_000;

/** Plays the engine. */
export class ReceiverStage<T> {
  readonly clock: WatchedClock;
  readonly storage: CountingStorage;
  readonly log = new RecordingLogger();
  readonly lives: StageLife<T>[] = [];
  /** Ids in registered blocks, in order. */
  readonly registeredIds: (number | undefined)[] = [];
  /** Ranges of the source for registered blocks whose end has a position. */
  readonly ranges: { readonly range: SourceRange; readonly ids: readonly (number | undefined)[] }[] = [];
  readonly #target: ReceiverTarget<T>;
  readonly #world: ReceiverWorld;
  readonly #settle: <R>(promise: Promise<R>, what: string) => Promise<R>;
  #position: { readonly value: unknown } | undefined;
  #attempts = 0;
  #isEnded = false;
  #hasFailedToAcknowledge = false;

  /** @param settle Waits for a promise while virtual time passes. */
  constructor(
    target: ReceiverTarget<T>,
    world: ReceiverWorld,
    settle: <R>(promise: Promise<R>, what: string) => Promise<R>,
  ) {
    this.#target = target;
    this.#world = world;
    this.#settle = settle;
    this.clock = new WatchedClock(world.clock);
    this.storage = new CountingStorage(world.storage);
  }

  /** The running life, or the life that ended last. */
  get life(): StageLife<T> {
    const life = this.lives.at(-1);
    assert(life !== undefined, 'the check did not start a receiver');
    return life;
  }

  get context(): StageContext<T> {
    return this.life.context;
  }

  /** Every id stored so far, over all lives. */
  get storedIds(): readonly (number | undefined)[] {
    return this.lives.flatMap(({ context }) => context.storedIds);
  }

  /** Begins a life; `start` may still be pending. */
  begin(): StageLife<T> {
    const context = new StageContext<T>({
      clock: this.clock,
      storage: this.storage,
      log: this.log,
      attempt: this.lives.length + 1,
      // A structured clone, as across a process border: a position must not depend on object identity.
      resumeFrom: this.#position === undefined ? undefined : structuredClone(this.#position.value),
      idOf: (record) => this.#target.idOf(record),
    });
    const receiver = asReceiver(() => this.#target.receiver.create());
    this.#isEnded = false;
    this.#hasFailedToAcknowledge = false;
    const started = asReceiver(async () => receiver.start(context)).catch((error: unknown) => {
      context.restart('receiver failed to start', error);
    });
    const life = { receiver, context, started };
    this.lives.push(life);
    return life;
  }

  /** Begins a life and waits until `start` has returned. */
  async start(): Promise<StageLife<T>> {
    const life = this.begin();
    await this.#settle(life.started, 'start did not return');
    return life;
  }

  /** Aborts the signal and calls stop, as the engine does. Acknowledgements may follow until `closed`. */
  async stop(kind: StopReason['kind'] = 'stopped'): Promise<void> {
    const { receiver, context } = this.life;
    const reason = { kind, message: `by the kit: ${kind}` };
    context.abort(new Error(reason.message));
    await this.#settle(
      asReceiver(async () => receiver.stop(reason)),
      'stop did not return',
    );
  }

  async closed(): Promise<void> {
    this.#isEnded = true;
    const { receiver } = this.life;
    await this.#settle(
      asReceiver(async () => receiver.closed?.()),
      'closed did not return',
    );
  }

  /** Ends the life in the lossless order: stop, store the remaining entries, acknowledge, closed. */
  async end(kind: StopReason['kind'] = 'stopped'): Promise<void> {
    if (this.lives.length === 0 || this.#isEnded) return;
    await this.stop(kind);
    while (this.context.waiting.length > 0) await this.storeNext(() => 'stored');
    await this.closed();
  }

  /** Ends the life and begins the next one after the engine's delay. */
  async restart(): Promise<void> {
    await this.end('restart');
    await this.#world.clock.advance(RESTART_DELAY_MS);
    await this.start();
  }

  /** Carries out the receiver's request: a restart or a stop. */
  async heed(): Promise<void> {
    const [wish] = this.context.wishes;
    if (wish === undefined || this.#isEnded) return;
    if (wish.kind === 'restart') await this.restart();
    // The remaining entries are stored first, according to the script: a failed block leads to another life.
    else if (this.context.waiting.length === 0) await this.end('final');
  }

  /**
   * Cuts the next block, stores the block according to the script, and acknowledges. A permanent failure ends the life.
   */
  async storeNext(script: StoreScript): Promise<void> {
    const block = this.#cut();
    if (block.length === 0) return;
    for (let tries = 1; tries <= TRIES_MAX; tries += 1) {
      const outcome = script(this.#attempts);
      this.#attempts += 1;
      if (outcome === 'stored') return await this.register(block);
      if (outcome === 'permanent') break;
      await this.#world.clock.advance(100);
    }
    await this.#fail(block);
  }

  /** Registers a durable block and acknowledges it. */
  async register(block: readonly StoredEntry[]): Promise<void> {
    const { receiver } = this.life;
    const tokens = block.filter(({ call }) => call === 'store' || call === 'storeText').map(({ ack }) => ack);
    const from = this.#position?.value;
    for (const { ids, ack } of block) {
      for (const id of ids) this.registeredIds.push(id);
      if (ack !== undefined) this.#position = { value: ack };
    }
    this.#keepRange(from, block);
    for (const { settled } of block) settled?.resolve();
    const given = tokens.filter((token) => token !== undefined);
    if (given.length === 0 || receiver.acknowledge === undefined || this.#hasFailedToAcknowledge) return;
    const acknowledging = asReceiver(async () => receiver.acknowledge?.(given)).catch((error: unknown) =>
      this.#onUnacknowledged(error),
    );
    await this.#settle(acknowledging, 'acknowledge did not return');
  }

  /** Like the engine: nothing more is acknowledged in this life, and the next life gets the records again. */
  #onUnacknowledged(error: unknown): void {
    this.#hasFailedToAcknowledge = true;
    this.context.reportError('could not acknowledge', error);
    this.context.restart('could not acknowledge', error);
  }

  #keepRange(from: unknown, block: readonly StoredEntry[]): void {
    const to: unknown = block.at(-1)?.ack;
    if (to === undefined) return;
    const range = structuredClone(from === undefined ? { to } : { from, to });
    this.ranges.push({ range, ids: block.flatMap(({ ids }) => ids) });
  }

  /** Storing failed for good: unregistered blocks of this life are never registered, and the next life begins. */
  async #fail(block: readonly StoredEntry[]): Promise<void> {
    const error = new Error('the block could not be stored');
    for (const { settled } of [...block, ...this.context.waiting.splice(0)]) settled?.reject(error);
    await this.stop('failed');
    this.context.waiting.length = 0;
    await this.closed();
    await this.#world.clock.advance(RESTART_DELAY_MS);
    await this.start();
  }

  /** A block made by the receiver is one entry; single records are cut together. */
  #cut(): readonly StoredEntry[] {
    const { waiting } = this.context;
    const own = waiting.findIndex(({ settled }) => settled !== undefined);
    if (own === 0) return waiting.splice(0, 1);
    return waiting.splice(0, own < 0 ? BLOCK_ENTRIES : Math.min(own, BLOCK_ENTRIES));
  }
}
