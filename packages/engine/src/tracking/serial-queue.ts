// One thing at a time. Work that must not interleave (messages of an endpoint, decisions that are logged before they
// are made) is handed to a queue of its own, which runs it in the order in which it came.

/**
 * Runs tasks one after the other, never inside the caller's own turn. A task that fails is its caller's matter; the
 * next one runs all the same. It has no bound of its own: each user says in its own place how many tasks can wait.
 */
export class SerialQueue {
  #tail: Promise<unknown> = Promise.resolve();
  #length = 0;

  /** How many tasks are waiting or running. */
  get length(): number {
    return this.#length;
  }

  /** Runs the task after everything that was handed over before it; settles as the task does. */
  run<T>(task: () => T | Promise<T>): Promise<T> {
    this.#length += 1;
    const done = () => {
      this.#length -= 1;
    };
    const result = this.#tail.then(task);
    // A rejection reaches the caller through `result`; the tail carries the order only.
    this.#tail = result.then(done, done);
    return result;
  }
}
