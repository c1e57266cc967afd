// Waiting without time: promise work that is under way gets to its end, and nothing else happens.

/** How many turns of the event loop are enough for promise work that waits for no timer and no file. */
const TURNS = 5;

/** Lets promise work finish that waits for nothing but other promise work. No clock moves. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
