// A queue that runs one task at a time. Work that must not interleave (messages of an endpoint, decisions that are
// logged before they take effect) gets a queue of its own, which runs the tasks in order of arrival.

/**
 * Runs tasks one after the other, never inside the caller's own turn. The caller handles a task's failure; the next
 * task runs all the same. The queue has no bound of its own: each user states its bound on waiting tasks.
 */
export class SerialQueue {
  #tail: Promise<unknown> = Promise.resolve();
  #length = 0;

  /** The number of waiting and running tasks. */
  get length(): number {
    return this.#length;
  }

  /** Runs the task after all tasks added before; settles as the task does. */
  run<T>(task: () => T | Promise<T>): Promise<T> {
    this.#length += 1;
    const done = () => {
      this.#length -= 1;
    };
    const result = this.#tail.then(task);
    // A rejection reaches the caller through `result`; the tail only carries the order.
    this.#tail = result.then(done, done);
    return result;
  }
}
