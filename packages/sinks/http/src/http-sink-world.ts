// The outside of the sink, so that tests need neither a network nor time.
import { type Clock, type RandomSource, SystemClock, SystemRandom } from '@millrace/core';

/** The network, time and chance of a sink. */
export interface HttpSinkWorld {
  /** Sends requests. Default: the `fetch` of Node. */
  readonly fetch: typeof fetch;
  /** Measures delays and time-outs. Default: the clock of the host. */
  readonly clock: Clock;
  /** Spreads delays. Default: chance of the host. */
  readonly random: RandomSource;
}

/** The world with every default filled in. */
export function wholeWorld(world: Partial<HttpSinkWorld>): HttpSinkWorld {
  return {
    fetch: world.fetch ?? fetch,
    clock: world.clock ?? new SystemClock(),
    random: world.random ?? new SystemRandom(),
  };
}
