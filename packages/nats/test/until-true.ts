// Waiting in tests over a real server.
const LOOK_MS = 10;
const WITHIN_MS = 60_000;

/** Waits up to 60 s of wall time. @throws Error with the condition. */
export async function untilTrue(holds: () => boolean | Promise<boolean>): Promise<void> {
  const begunMs = performance.now();
  do {
    if (await holds()) return;
    await new Promise((resolve) => void setTimeout(resolve, LOOK_MS));
  } while (performance.now() - begunMs < WITHIN_MS);
  throw new Error(`never became true: ${holds.toString()}`);
}
