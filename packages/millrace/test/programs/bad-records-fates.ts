// The records of `bad-records.ts`, and what happens to each of them.

/** A numbered record with the time of its event. */
export interface Numbered {
  readonly n: number;
  readonly atMs: number;
}

/** The reason why a record is bad. */
export type Fate = 'throws' | 'promise' | 'rejects' | 'no data' | 'schema' | 'far ahead' | 'state';

const FATES: readonly Fate[] = ['throws', 'promise', 'rejects', 'no data', 'schema', 'far ahead', 'state'];

/** The fate of a number: one of a hundred is bad. */
export function fateOf(n: number): Fate | undefined {
  return n % 100 === 13 ? FATES[Math.floor(n / 100) % FATES.length] : undefined;
}
