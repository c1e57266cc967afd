// Waiting in tests over a real server, which has a clock of its own.
const LOOK_MS = 10;
const WITHIN_MS = 60_000;

/**
 * Waits up to 60 s of wall time, for tests over real servers and processes. A test over fakes moves its `ManualClock` instead.
 *
 * @param options.withinMs Another bound.
 * @throws Error with the text of the condition.
 */
export async function untilTrue(
  holds: () => boolean | Promise<boolean>,
  { withinMs = WITHIN_MS }: { readonly withinMs?: number } = {},
): Promise<void> {
  const begunMs = performance.now();
  do {
    if (await holds()) return;
    await new Promise((resolve) => void setTimeout(resolve, LOOK_MS));
  } while (performance.now() - begunMs < withinMs);
  throw new Error(`never became true: ${holds.toString()}`);
}
