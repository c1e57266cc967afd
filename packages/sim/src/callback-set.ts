// Functions that wait for one event. Small, because it is needed wherever something of a simulated world can end.

/** Calls everybody once, in the order of asking. */
export class CallbackSet {
  readonly #callbacks = new Set<() => void>();

  /** Adds one; returns a function that takes it out. */
  add(callback: () => void): () => void {
    this.#callbacks.add(callback);
    return () => this.#callbacks.delete(callback);
  }

  /** Calls all of them and forgets them. */
  call(): void {
    const callbacks = [...this.#callbacks];
    this.#callbacks.clear();
    for (const callback of callbacks) callback();
  }
}
