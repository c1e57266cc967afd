// The places of executors: as many are open as there should be executors. Places are numbered, and the number is the name
// of the log that an executor writes; so the lowest free one is opened first, and one is free only when whoever sat there
// is gone.
import type { ExecutorId } from '@millrace/core';
import type { ExecutorSlot } from './executor-slot.ts';

/** The places of one backend. */
export class ExecutorThreads {
  readonly #make: (index: number) => ExecutorSlot;
  readonly #all: ExecutorSlot[] = [];
  readonly #open = new Set<ExecutorSlot>();
  readonly #closing = new Set<ExecutorSlot>();

  constructor(make: (index: number) => ExecutorSlot) {
    this.#make = make;
  }

  /** How many are open. */
  get count(): number {
    return this.#open.size;
  }

  /** Opens so many for a start. @throws what the first launch that fails throws. */
  fill(count: number): void {
    const slots = Array.from({ length: count }, () => this.#take());
    for (const slot of slots) slot.fill();
  }

  /** Opens so many more. A launch that fails is tried again. */
  open(count: number): void {
    for (let opened = 0; opened < count; opened += 1) this.#take().open();
  }

  /** Closes the place of an executor. Resolves when that is gone. */
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

  /** Closes all, for good. */
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
