// Control of the heap for comparisons. Node offers these functions through flags only, which can also be set at run
// time.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

let collect: (() => void) | undefined;

/** Frees all unreachable objects now. */
export function collectGarbage(): void {
  if (collect === undefined) {
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('gc') as () => void;
  }
  collect();
}

/**
 * Makes V8 allocate every new object in the young heap, for the whole process. V8 may otherwise decide to allocate the
 * objects of one place in the code in the old heap, and the affected contender then runs at half its speed. This
 * decision depends on chance and is unrelated to the measured work.
 */
export function keepObjectsYoung(): void {
  setFlagsFromString('--no-allocation-site-pretenuring');
}
