// The order of starts that favours no contender.

/** Each name so often, forwards and backwards in turn: with an even count all names have the same mean position. */
export function mirroredOrder<T>(names: readonly T[], count: number): readonly T[] {
  return Array.from({ length: count }, (_, turn) => (turn % 2 === 0 ? names : names.toReversed())).flat();
}
