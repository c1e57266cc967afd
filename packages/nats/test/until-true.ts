// Waiting in tests over a real server.
const LOOK_MS = 10;
const LOOKS_MAX = 3_000;

/** Waits up to 30 s of wall time. @throws Error with the condition. */
export async function untilTrue(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let look = 0; look < LOOKS_MAX; look += 1) {
    if (await holds()) return;
    await new Promise((resolve) => void setTimeout(resolve, LOOK_MS));
  }
  throw new Error(`never became true: ${holds.toString()}`);
}
