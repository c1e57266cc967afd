// The messages of a log as far as this process knows them: sizes and times for the clean-up, and the amounts for observers.
import { RecentDurations } from '@millrace/core/engine';
import type { LogGauges } from '@millrace/core/observation';

/** A message of the log. */
export interface KnownMessage {
  readonly bytes: number;
  /** The newest time of its entries; minus infinity for a fence. */
  readonly newestMs: number;
}

/** The size of a log. */
export interface LogSize {
  /** The bound of the stream, in bytes; absent: none. */
  readonly maxBytes?: number;
  /** The size of the messages of earlier processes, in bytes. */
  readonly earlierBytes: number;
}

/** The bytes of a stream for a message besides its payload: subject, headers, frame. */
const MESSAGE_BYTES = 256;
/** The part of the stream that entries leave free, so that the fence of a next driver has room in a full log. */
const FREE_SHARE = 1 / 16;

/** What is known of the messages of one log. */
export class LogContent {
  readonly #maxBytes: number | undefined;
  /** Of messages of earlier processes that have not been read. */
  #earlierBytes: number;
  #isComplete = false;
  /** By sequence; in order, because a log is read before the first write. */
  #messages = new Map<number, KnownMessage>();
  readonly #durations = new RecentDurations();
  #bytes = 0;
  #synced = 0;
  #failed = 0;

  constructor({ maxBytes, earlierBytes }: LogSize) {
    this.#maxBytes = maxBytes;
    this.#earlierBytes = earlierBytes;
  }

  /** True when a message of this size leaves enough of the stream free. */
  hasRoomFor(bytes: number): boolean {
    if (this.#maxBytes === undefined) return true;
    return this.#size + bytes + MESSAGE_BYTES <= this.#maxBytes * (1 - FREE_SHARE);
  }

  /** A message is in the log. */
  add(sequence: number, message: KnownMessage): void {
    this.#bytes += message.bytes - (this.#messages.get(sequence)?.bytes ?? 0);
    this.#messages.set(sequence, message);
  }

  /** The messages of earlier processes have been read. */
  addEarlier(earlier: ReadonlyMap<number, KnownMessage>): void {
    const own = this.#messages;
    this.#earlierBytes = 0;
    this.#isComplete = true;
    this.#messages = new Map();
    this.#bytes = 0;
    for (const messages of [earlier, own])
      for (const [sequence, message] of messages) this.add(sequence, message);
  }

  /** An append took this time. */
  synced(ms: number): void {
    this.#synced += 1;
    this.#durations.add(ms);
  }

  /** An append was refused. */
  failed(): void {
    this.#failed += 1;
  }

  /**
   * The sequence below which every entry is older than the threshold; undefined: nothing can go, for instance because the earlier
   * messages are not known yet. The newest entries stay, and everything behind them.
   */
  cleanableBelow(thresholdMs: number): number | undefined {
    if (!this.#isComplete) return undefined;
    let newestEntries = 0;
    for (const [sequence, { newestMs }] of this.#messages)
      if (newestMs !== Number.NEGATIVE_INFINITY) newestEntries = sequence;
    let below: number | undefined;
    for (const [sequence, { newestMs }] of this.#messages) {
      if (newestMs >= thresholdMs || sequence === newestEntries) break;
      below = sequence + 1;
    }
    return below;
  }

  /** The messages below a sequence are gone. */
  removeBelow(below: number): void {
    for (const [sequence, { bytes }] of this.#messages) {
      if (sequence >= below) return;
      this.#messages.delete(sequence);
      this.#bytes -= bytes;
    }
  }

  /** The amounts; each message counts as a segment. */
  gauges(): LogGauges {
    const syncMs = this.#durations.quantiles();
    return {
      sizeBytes: this.#size,
      segments: this.#messages.size,
      syncs: this.#synced,
      errors: this.#failed,
      ...(syncMs === undefined ? {} : { syncMs }),
      ...(this.#maxBytes === undefined ? {} : { roomBytes: Math.max(0, this.#maxBytes - this.#size) }),
    };
  }

  get #size(): number {
    return this.#earlierBytes + this.#bytes + this.#messages.size * MESSAGE_BYTES;
  }
}
