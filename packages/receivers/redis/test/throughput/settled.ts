// The sources run without a build, and Node goes on compiling its reader of TypeScript in the background after the last import:
// about 50 ms of CPU time, which a program of built packages does not have.
import { setTimeout } from 'node:timers/promises';

const SETTLED_MS = 1_000;

/** Resolves when the CPU time of the process belongs to the measured work alone. */
export async function settled(): Promise<void> {
  await setTimeout(SETTLED_MS);
}
