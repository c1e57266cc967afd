// The options of `combineByKey`, of RDDs and of streams.

/** Options of combining by key. */
export interface CombineOptions {
  /** Number of partitions; default as for `reduceByKey`. */
  readonly partitions?: number | undefined;
  /** True: combine before the records move. Default true. */
  readonly mapSideCombine?: boolean;
}
