// Notifications between the server and the engine. The server sends notifications whether they are wanted or not, so the ones
// that come while the engine takes no records wait in a buffer, and those that the buffer does not hold are dropped.
//
//   notification ─► store ── true ─► done
//                     └── false ─► notifications go to the buffer ─► ready ─► store the buffer ─► … until store says true
//                                    └── buffer full: dropped, counted, reported
import type { ReceiverContext } from '@millrace/core';
import { coreError } from '@millrace/core';

/** A record with its size as received. */
interface Waiting {
  readonly record: unknown;
  readonly bytes: number;
}

/** Stores records, or keeps a bounded number of them. */
export class NotificationBuffer {
  /** Dropped since the receiver started. */
  droppedTotal = 0;
  readonly #context: ReceiverContext<unknown>;
  readonly #max: number;
  readonly #onFailure: (error: unknown) => void;
  #waiting: Waiting[] = [];
  #isHeld = false;
  /** Dropped since the buffer was last empty. */
  #dropped = 0;

  constructor(context: ReceiverContext<unknown>, max: number, onFailure: (error: unknown) => void) {
    this.#context = context;
    this.#max = max;
    this.#onFailure = onFailure;
  }

  /** Takes a record. */
  add(record: unknown, bytes: number): void {
    if (!this.#isHeld) {
      if (!this.#context.store(record, undefined, bytes)) void this.#storeWhenReady();
    } else if (this.#waiting.length < this.#max) this.#waiting.push({ record, bytes });
    else this.#drop();
  }

  /** Drops and reports what waits. */
  end(): void {
    this.#dropped += this.#waiting.length;
    this.droppedTotal += this.#waiting.length;
    this.#waiting = [];
    this.#tellDropped();
  }

  /** Never rejects. */
  async #storeWhenReady(): Promise<void> {
    this.#isHeld = true;
    try {
      do {
        await this.#context.ready();
        this.#isHeld = !this.#storeWaiting();
      } while (this.#isHeld);
      this.#tellDropped();
    } catch (error) {
      if (!this.#context.signal.aborted) this.#onFailure(error);
    }
  }

  /** True when everything was stored and the engine accepts more. */
  #storeWaiting(): boolean {
    let stored = 0;
    let isWelcome = true;
    while (isWelcome && stored < this.#waiting.length) {
      const { record, bytes } = this.#waiting[stored] as Waiting;
      isWelcome = this.#context.store(record, undefined, bytes);
      stored += 1;
    }
    this.#waiting.splice(0, stored);
    return isWelcome;
  }

  #drop(): void {
    this.#dropped += 1;
    this.droppedTotal += 1;
    if (this.#dropped > 1) return;
    this.#report(
      `the buffer is full at ${this.#max} notifications: notifications are dropped until the buffer is empty`,
    );
  }

  #tellDropped(): void {
    if (this.#dropped === 0) return;
    this.#report(`${this.#dropped} notifications were dropped, ${this.droppedTotal} since the start`);
    this.#dropped = 0;
  }

  #report(message: string): void {
    const details = { dropped: this.#dropped, droppedTotal: this.droppedTotal, maxBuffered: this.#max };
    this.#context.reportError(message, coreError('MR_RECEIVER_BUFFER_FULL', message, { details }));
  }
}
