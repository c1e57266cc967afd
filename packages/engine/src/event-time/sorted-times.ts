// Lists in the order of event times. Never changed in place, because versions of a state share them.

/** The place of the first time from `fromMs` on; the length of the list when there is none. */
export function placeOf(times: readonly number[], fromMs: number): number {
  return placeBy(times, (timeMs) => timeMs >= fromMs);
}

/** A copy with one more time. */
export function insertTime(times: readonly number[], timeMs: number): readonly number[] {
  return times.toSpliced(placeOf(times, timeMs), 0, timeMs);
}

/** The place of the first item behind the border, by binary search; the length of the list when there is none. */
export function placeBy<T>(items: readonly T[], isBehind: (item: T) => boolean): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isBehind(items[middle] as T)) high = middle;
    else low = middle + 1;
  }
  return low;
}
