// The slots of executors: the number of open slots is the requested number of executors. Slots are numbered, and the
// number is the name of the log that an executor writes. The lowest free slot is therefore opened first, and a slot is
// free only when its last executor is gone.
import type { ExecutorId } from '@millrace/core';
import type { ExecutorSlot } from './executor-slot.ts';

/** The places of one backend. */
export class ExecutorPlaces {
  readonly #make: (index: number) => ExecutorSlot;
  readonly #all: ExecutorSlot[] = [];
  readonly #open = new Set<ExecutorSlot>();
  readonly #closing = new Set<ExecutorSlot>();

  constructor(make: (index: number) => ExecutorSlot) {
    this.#make = make;
  }

  /** The number of open slots. */
  get count(): number {
    return this.#open.size;
  }

  /** Opens this number of slots for a start. @throws the error of the first failed launch. */
  fill(count: number): void {
    const slots = Array.from({ length: count }, () => this.#take());
    for (const slot of slots) slot.fill();
  }

  /** Opens this number of further slots. A failed launch is repeated. */
  open(count: number): void {
    for (let opened = 0; opened < count; opened += 1) this.#take().open();
  }

  /** Fills the open slots that wait for a place. */
  wake(): void {
    for (const slot of this.#open) slot.wake();
  }

  /** Closes the slot of an executor. Resolves when the executor is gone. */
  async close(executorId: ExecutorId): Promise<void> {
    const slot = [...this.#open].find((open) => open.executorId === executorId);
    if (slot === undefined) return;
    this.#open.delete(slot);
    this.#closing.add(slot);
    try {
      await slot.close();
    } finally {
      this.#closing.delete(slot);
    }
  }

  /** Closes all slots, for good. */
  async closeAll(): Promise<void> {
    this.#open.clear();
    await Promise.all(this.#all.map((slot) => slot.close()));
  }

  #take(): ExecutorSlot {
    let slot = this.#all.find((one) => !this.#open.has(one) && !this.#closing.has(one));
    if (slot === undefined) {
      slot = this.#make(this.#all.length);
      this.#all.push(slot);
    }
    this.#open.add(slot);
    return slot;
  }
}
