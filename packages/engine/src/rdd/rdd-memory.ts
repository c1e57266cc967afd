// Memory that holds data for RDDs, from the view of the environment that forgets RDDs.

/** Memory that holds data for RDDs and has to be notified of their removal: caches, shuffle stores. */
export interface RddMemory {
  /** The RDDs are removed, with all data held for them. */
  forget(rddIds: readonly string[]): void;
  /** Only the cached partitions of the RDDs are removed. */
  unpersist(rddIds: readonly string[]): void;
}
