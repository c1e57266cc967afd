// The records of operators by key, and a help for their types.

/** A `U`; the second half has no values, and makes the compiler infer array literals as tuples. */
export type OrTuple<U> = U | [never];

/** A key with its value, as operators accept it. */
export type Pair<K, V> = readonly [K, V];
