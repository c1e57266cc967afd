// Those that hear when a link gets and loses its connection.

/** The listeners of one link. */
export class ConnectionListeners {
  readonly #listeners = new Set<(isConnected: boolean) => void>();

  /** Adds a listener. Returns the function that removes the listener. */
  add(changed: (isConnected: boolean) => void): () => void {
    this.#listeners.add(changed);
    return () => {
      this.#listeners.delete(changed);
    };
  }

  /** Calls every listener. */
  tell(isConnected: boolean): void {
    for (const changed of this.#listeners) changed(isConnected);
  }
}
