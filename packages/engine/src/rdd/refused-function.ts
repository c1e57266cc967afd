// Types that refuse asynchronous functions. An operator that makes records of any type would take a promise for a
// record, so each operator has a signature for such functions first: the result of that signature is unusable, and
// the compiler reports the reason.

/** The result of an operator for an asynchronous function, for the compiler only: at run time the batch fails. */
export interface AsynchronousFunctionRefused {
  /** The reason why the program does not compile. */
  readonly error: 'this operator does not wait for promises: use mapAsync, flatMapAsync or filterAsync, or wait in foreachRDD or foreachPartition';
}

/**
 * The further arguments of a signature that is for promises only: none for a promise; for `any` and `never`, which
 * would pass for promises, an argument that no program can give, so that the compiler takes the next signature.
 */
export type OnlyPromise<P> = 0 extends 1 & P ? [never] : [P] extends [never] ? [never] : [];

/**
 * As `OnlyPromise`, for operators with later functions over the result of the first one. The compiler first
 * resolves such a signature with `unknown`, before it has looked into the functions, and reuses the result of one
 * signature for the next: so `unknown` is let through, and the parameters of both signatures are the same.
 */
export type OnlyIfPromise<P> = unknown extends P
  ? []
  : [P] extends [PromiseLike<unknown>]
    ? OnlyPromise<P>
    : [never];

/** The result of a signature with `OnlyIfPromise`: `unknown` and `any` may be values. */
export type RefusedUnlessUnknown<P, Result> = unknown extends P ? Result : AsynchronousFunctionRefused;

/** As `OnlyPromise`, for a function that returns the records of an iterable. */
export type OnlyPromises<I> = 0 extends 1 & I
  ? [never]
  : [I] extends [never]
    ? [never]
    : I extends Iterable<infer P>
      ? OnlyPromise<P>
      : [never];

/**
 * The further arguments of an operation that uses no result of the function: none, and for a promise an argument
 * that no program can give. An operation without a result of its own cannot refuse a function by that result.
 */
export type NoPromise<R> = 0 extends 1 & R
  ? []
  : [Extract<R, PromiseLike<unknown>>] extends [never]
    ? []
    : [refused: AsynchronousFunctionRefused];

/** An iterable of promises; `[never]` makes the compiler infer array literals as tuples. */
export type IterableOfPromises = Iterable<PromiseLike<unknown> | [never]>;
