// A small set of callbacks for a single event, for every part of a simulated world that can end.

/** Calls every callback once, in the order of registration. */
export class CallbackSet {
  readonly #callbacks = new Set<() => void>();

  /** Adds a callback; returns a function that removes the callback. */
  add(callback: () => void): () => void {
    this.#callbacks.add(callback);
    return () => this.#callbacks.delete(callback);
  }

  /** Calls and removes all callbacks. */
  call(): void {
    const callbacks = [...this.#callbacks];
    this.#callbacks.clear();
    for (const callback of callbacks) callback();
  }
}
