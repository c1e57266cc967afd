// How types refuse a function that answers later. An operator that makes records of any type would take a promise for a
// record, so each has a signature for such functions first: its result is of no use, and the compiler says so.

/** What an operator gives for an asynchronous function, for the compiler only: at run time the batch fails. */
export interface AsynchronousFunctionRefused {
  /** Why the program does not compile. */
  readonly error: 'operators do not wait for promises: look things up before, or wait in foreachRDD or foreachPartition';
}

/**
 * The further arguments of a signature that is for promises only: none for a promise; for `any` and `never`, which would
 * pass for promises, one that nobody can give, so that the signature after it is taken.
 */
export type OnlyPromise<P> = 0 extends 1 & P ? [never] : [P] extends [never] ? [never] : [];

/** The same for a function that gives the records of an iterable. */
export type OnlyPromises<I> = 0 extends 1 & I
  ? [never]
  : [I] extends [never]
    ? [never]
    : I extends Iterable<infer P>
      ? OnlyPromise<P>
      : [never];

/** What an iterable of promises is; `[never]` has the compiler see array literals in it as tuples. */
export type IterableOfPromises = Iterable<PromiseLike<unknown> | [never]>;
