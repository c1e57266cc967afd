// The integers of SQLite.

const MIN = -(2n ** 63n);
const MAX = 2n ** 63n - 1n;

/** True for an integer of up to 64 bits. */
export function isInteger64(value: bigint): boolean {
  return value >= MIN && value <= MAX;
}
