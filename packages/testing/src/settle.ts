// Waiting without time: completes pending promise work and nothing else.

/** The number of event loop turns that complete promise work without timers and files. */
const TURNS = 5;

/** Completes promise work that depends on nothing but other promise work. No clock moves. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
