// The heap, as far as a comparison needs it in hand. Node offers both behind flags only, which can also be set while it
// runs.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

let collect: (() => void) | undefined;

/** Frees everything that nobody holds, now. */
export function collectGarbage(): void {
  if (collect === undefined) {
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('gc') as () => void;
  }
  collect();
}

/**
 * Has V8 put every new object into the young heap, for the whole process. It may decide by itself that what one place
 * in the code makes goes to the old heap at once, and from then on that contender runs at half its speed: whom it
 * hits is chance, and it says nothing about what is measured.
 */
export function keepObjectsYoung(): void {
  setFlagsFromString('--no-allocation-site-pretenuring');
}
