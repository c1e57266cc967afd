// Ports with a life cycle. Factories do no I/O: a life begins with `open` and ends with `close`.

/**
 * Implemented, beside its port, by every object that holds files, sockets, threads or timers.
 *
 * `open` is called once, when a context starts, in start order (the requirements of a plugin first). `close` is called
 * in reverse order, for every resource, even after failures of other resources. `close` may be called without `open`
 * and may be repeated.
 *
 * An `open` that declares parameters belongs to the port itself (`Storage.open(path, mode)`) and is never mistaken for
 * this method.
 */
export interface ManagedResource {
  open?(): Promise<void>;
  close?(): Promise<void>;
}
