// How types refuse a function that answers later. An operator that makes records of any type would take a promise for a
// record, so each has a signature for such functions first: its result is of no use, and the compiler says so.

/** What an operator gives for an asynchronous function, for the compiler only: at run time the batch fails. */
export interface AsynchronousFunctionRefused {
  /** Why the program does not compile. */
  readonly error: 'operators do not wait for promises: look things up before, or wait in foreachRDD or foreachPartition';
}

/**
 * The further arguments of a signature that is for promises only: none for a promise; for `any` and `never`, which would
 * pass for promises, one that no program can give, so that the compiler takes the next signature.
 */
export type OnlyPromise<P> = 0 extends 1 & P ? [never] : [P] extends [never] ? [never] : [];

/**
 * The same where later functions take what the first one gives. The compiler asks once before it has looked into the
 * functions, with `unknown`, and what it has found for one signature stays for the next: so `unknown` is let through, and
 * the parameters of both signatures are the same.
 */
export type OnlyIfPromise<P> = unknown extends P
  ? []
  : [P] extends [PromiseLike<unknown>]
    ? OnlyPromise<P>
    : [never];

/** What a signature with `OnlyIfPromise` gives: `unknown` and `any` may be values. */
export type RefusedUnlessUnknown<P, Result> = unknown extends P ? Result : AsynchronousFunctionRefused;

/** The same for a function that gives the records of an iterable. */
export type OnlyPromises<I> = 0 extends 1 & I
  ? [never]
  : [I] extends [never]
    ? [never]
    : I extends Iterable<infer P>
      ? OnlyPromise<P>
      : [never];

/**
 * The further arguments of an operation that uses no result of the function: none, and for a promise one that no program
 * can give. An operation without a result of its own cannot refuse a function by that result.
 */
export type NoPromise<R> = 0 extends 1 & R
  ? []
  : [Extract<R, PromiseLike<unknown>>] extends [never]
    ? []
    : [refused: AsynchronousFunctionRefused];

/** What an iterable of promises is; `[never]` has the compiler see array literals in it as tuples. */
export type IterableOfPromises = Iterable<PromiseLike<unknown> | [never]>;
