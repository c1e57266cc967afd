// Waiting in tests over a real server, which has a clock of its own.
const LOOK_MS = 10;
const LOOKS_MAX = 3_000;

/**
 * Waits up to 30 s of wall time, for tests over real servers and processes. A test over fakes moves its `ManualClock` instead.
 *
 * @throws Error with the text of the condition.
 */
export async function untilTrue(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let look = 0; look < LOOKS_MAX; look += 1) {
    if (await holds()) return;
    await new Promise((resolve) => void setTimeout(resolve, LOOK_MS));
  }
  throw new Error(`never became true: ${holds.toString()}`);
}
