// The sender of numbered records in a run under faults: portions and pauses of seeded sizes.
import { setTimeout } from 'node:timers/promises';
import { type RandomSource, SeededRandom } from '@millrace/core';

/** Records of one run, unless the program has another number. */
export const RECORDS = 3_000;
const RECORDS_AT_ONCE_MAX = 60;
const SEND_PAUSE_MAX_MS = 40;
const LONG_SENDING_MS = 12_000;

/** The sent records. */
export interface SentRecords {
  /** Decides the portions and the pauses. */
  readonly seed: number;
  readonly records?: number;
  readonly send: (ids: readonly number[]) => Promise<void>;
  /** True: sending lasts until `hurry`, or for about twelve seconds. */
  readonly isLong: boolean;
}

/** Sends the records of a run. */
export class PacedSender {
  /** The number of records that were sent, those under way included. */
  sent = 0;
  readonly #options: SentRecords;
  readonly #random: RandomSource;
  readonly #hurry = new AbortController();

  constructor(options: SentRecords) {
    this.#options = options;
    this.#random = new SeededRandom(`${options.seed}/send`);
  }

  /** Sends the rest without pauses. */
  hurry(): void {
    this.#hurry.abort();
  }

  async sendAll(): Promise<void> {
    const { send, records = RECORDS, isLong } = this.#options;
    // A portion and a pause are half of their bounds on average.
    const pauseMaxMs = isLong
      ? Math.ceil((LONG_SENDING_MS * RECORDS_AT_ONCE_MAX) / records)
      : SEND_PAUSE_MAX_MS;
    while (this.sent < records) {
      const count = Math.min(records - this.sent, 1 + this.#random.integer(RECORDS_AT_ONCE_MAX));
      const from = this.sent;
      this.sent += count;
      await send(Array.from({ length: count }, (_, index) => from + index));
      const { signal } = this.#hurry;
      await setTimeout(this.#random.integer(pauseMaxMs), undefined, { signal }).catch(() => undefined);
    }
  }
}
