// Ports with a life of their own. Factories do no I/O: life begins with `open` and ends with `close`.

/**
 * Implemented, beside its port, by anything that holds files, sockets, threads or timers.
 *
 * `open` is called once, when a context starts, in start order (what a plugin requires first); `close` in reverse,
 * each attempted whatever happened to the others. `close` may be called without `open` and may be repeated.
 *
 * An `open` that declares parameters belongs to the port itself (`Storage.open(path, mode)`) and is never taken for
 * this one.
 */
export interface ManagedResource {
  open?(): Promise<void>;
  close?(): Promise<void>;
}
