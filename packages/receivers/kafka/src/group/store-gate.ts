// One door to the engine for several readers. After false no reader may store until `ready` has resolved.
import type { ReceiverContext } from '@millrace/core';

/** The engine behind the door. */
export type StoreContext = Pick<ReceiverContext<unknown>, 'store' | 'ready' | 'signal'>;

/** Stores records for several readers. */
export class StoreGate {
  readonly #context: StoreContext;
  #wait: Promise<void> | undefined;

  constructor(context: StoreContext) {
    this.#context = context;
  }

  /** True when a reader has to await `opened` before the next `store`. */
  get isShut(): boolean {
    return this.#wait !== undefined;
  }

  /** Stores a record. */
  store(record: unknown, token: unknown, bytes: number): void {
    if (!this.#context.store(record, token, bytes)) this.#wait ??= this.#open();
  }

  /** Resolves when a reader may store again, or when the receiver is stopped. */
  async opened(): Promise<void> {
    while (this.#wait !== undefined && !this.#context.signal.aborted) await this.#wait;
  }

  async #open(): Promise<void> {
    try {
      await this.#context.ready();
    } catch (error) {
      // The rejection tells of a stop, which the readers see at the signal.
      if (!this.#context.signal.aborted) throw error;
    } finally {
      this.#wait = undefined;
    }
  }
}
