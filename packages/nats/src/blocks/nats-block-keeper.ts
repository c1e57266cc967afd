// Removes the blocks that no batch needs from the streams: on the driver, after each release, as a prefix of each stream
// (`stream-needs.ts`). The removal begins when a release is durable in the log of decisions, so a driver that was deposed removes
// nothing that its successor needs.
//
// The age of a hole counts the time in which this process was awake, in ticks: a driver that was paused for hours, and wakes with the
// answer to an old release, must not take the blocks of its successor for holes that nobody waits for.
import {
  type BatchTime,
  type BlockId,
  type BlockLogKeeper,
  type Clock,
  type Logger,
  type ReceivedBlockInfo,
  type Timer,
} from '@millrace/core';
import type { StreamApi } from '../streams/stream-api.ts';
import { type BlockPlace, placeOf } from './block-place.ts';
import { StreamNeeds } from './stream-needs.ts';

/** Collaborators and settings of a keeper. */
export interface NatsBlockKeeperDeps {
  /** The connection, open. */
  readonly connection: { readonly api: Pick<StreamApi, 'purge' | 'info'> };
  readonly clock: Clock;
  readonly log: Logger;
  /** The names of the streams of blocks. */
  readonly streams: readonly string[];
  /** The longest time between storing and registering a block, in ms; see ADR 0007. */
  readonly registrationGraceMs: number;
}

interface KeptStream {
  readonly name: string;
  readonly needs: StreamNeeds;
  /** Everything before was removed; undefined: not known yet. */
  removedBelow: number | undefined;
  isAtWork: boolean;
  /** Something was released since the removal under way began. */
  isAsked: boolean;
}

interface WaitingBlock {
  readonly place: BlockPlace;
  readonly timeMs: BatchTime;
}

/** The wait before a removal that failed is tried again. */
const AGAIN_MS = 5_000;
/** The ticks in the grace. */
const TICKS = 64;

/** The keeper of the streams of blocks. */
export class NatsBlockKeeper implements BlockLogKeeper {
  readonly #deps: NatsBlockKeeperDeps;
  readonly #streams: ReadonlyMap<string, KeptStream>;
  readonly #waiting = new Map<BlockId, WaitingBlock>();
  readonly #batches = new Map<BatchTime, readonly BlockPlace[]>();
  readonly #timers = new Set<Timer>();
  /** The time in which the process was awake since the recovery, in ms. */
  #awakeMs = 0;
  #ticks: Timer | undefined;
  #isRecovered = false;
  #isClosed = false;
  #work: Promise<void> = Promise.resolve();

  constructor(deps: NatsBlockKeeperDeps) {
    this.#deps = deps;
    this.#streams = new Map(
      deps.streams.map((name) => [
        name,
        {
          name,
          needs: new StreamNeeds(deps.registrationGraceMs),
          removedBelow: undefined,
          isAtWork: false,
          isAsked: false,
        },
      ]),
    );
  }

  added(block: ReceivedBlockInfo, timeMs: BatchTime): void {
    const place = this.#placeOf(block);
    if (place === undefined || this.#waiting.has(block.blockId)) return;
    this.#waiting.set(block.blockId, { place, timeMs });
    this.#streams.get(place.stream)?.needs.need(place.sequences);
  }

  allocated(batchTime: BatchTime, blocks: readonly ReceivedBlockInfo[]): void {
    const places: BlockPlace[] = [];
    for (const block of blocks) {
      const place = this.#placeOf(block);
      if (place === undefined) continue;
      places.push(place);
      // From here on the batch needs the block, and no longer its wait.
      if (!this.#waiting.delete(block.blockId)) this.#streams.get(place.stream)?.needs.need(place.sequences);
    }
    this.#drop(this.#batches.get(batchTime) ?? []);
    this.#batches.set(batchTime, places);
  }

  released(threshold: BatchTime): void {
    for (const [batchTime, places] of this.#batches) {
      if (batchTime >= threshold) continue;
      this.#batches.delete(batchTime);
      this.#drop(places);
    }
    this.#removeSoon();
  }

  abandoned(timeMs: BatchTime): void {
    for (const [blockId, { place, timeMs: addedMs }] of this.#waiting) {
      if (addedMs >= timeMs) continue;
      this.#waiting.delete(blockId);
      this.#drop([place]);
    }
    this.#removeSoon();
  }

  recovered(): void {
    this.#isRecovered = true;
    this.#tick();
    this.#removeSoon();
  }

  /** Resolves when the removals under way have ended, for tests and for the stop. */
  async settled(): Promise<void> {
    await this.#work;
  }

  /** Ends the removals. May be repeated. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#ticks?.cancel();
    for (const timer of this.#timers) timer.cancel();
    await this.#work;
  }

  #placeOf({ handle, isInline }: ReceivedBlockInfo): BlockPlace | undefined {
    const place = handle === undefined || isInline === true ? undefined : placeOf(handle);
    return place !== undefined && this.#streams.has(place.stream) ? place : undefined;
  }

  #drop(places: readonly BlockPlace[]): void {
    for (const { stream, sequences } of places) this.#streams.get(stream)?.needs.drop(sequences);
  }

  #removeSoon(): void {
    if (!this.#isRecovered || this.#isClosed) return;
    const works = [...this.#streams.values()].map((stream) => this.#remove(stream));
    this.#work = Promise.all([this.#work, ...works]).then(() => undefined);
  }

  /** Never rejects. */
  async #remove(stream: KeptStream): Promise<void> {
    stream.isAsked = true;
    if (stream.isAtWork) return;
    stream.isAtWork = true;
    try {
      while (stream.isAsked && !this.#isClosed) {
        stream.isAsked = false;
        await this.#removeOnce(stream);
      }
    } catch (error) {
      const { log } = this.#deps;
      log.warn('old blocks could not be removed from NATS, trying again', { stream: stream.name, error });
      this.#again();
    } finally {
      stream.isAtWork = false;
    }
  }

  async #removeOnce(stream: KeptStream): Promise<void> {
    const { connection } = this.#deps;
    const from = (stream.removedBelow ??= await this.#beginningOf(stream));
    const below = stream.needs.firstToKeep(this.#awakeMs);
    if (below <= from) return;
    await connection.api.purge(stream.name, { below });
    stream.removedBelow = below;
  }

  /** An earlier driver has removed the messages before: none of them is a hole. */
  async #beginningOf({ name, needs }: KeptStream): Promise<number> {
    const first = Math.max(1, (await this.#deps.connection.api.info(name))?.state.first_seq ?? 1);
    needs.begins(first);
    return first;
  }

  /** After a pause of any length, one tick comes. */
  #tick(): void {
    if (this.#isClosed) return;
    const tickMs = Math.max(1, Math.ceil(this.#deps.registrationGraceMs / TICKS));
    this.#ticks = this.#deps.clock.after(tickMs, () => {
      this.#awakeMs += tickMs;
      this.#tick();
    });
  }

  #again(): void {
    if (this.#isClosed || this.#timers.size > 0) return;
    const timer = this.#deps.clock.after(AGAIN_MS, () => {
      this.#timers.delete(timer);
      this.#removeSoon();
    });
    this.#timers.add(timer);
  }
}
