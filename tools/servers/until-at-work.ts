// Kills that hit a receiver at work. A program that is killed while it starts has received nothing, and so has lost nothing, also
// with a receiver that acknowledges before the storage. A record of the present life in the result shows that the receiver works;
// further records are then on their way.
import { setTimeout } from 'node:timers/promises';
import type { FaultedProgram, ProgramLife } from './fault-runs.ts';
import { RECORDS } from './paced-sender.ts';

/** The longest wait for one kill; a busy machine starts a program in seconds. */
const WAIT_MAX_MS = 20_000;
const LOOK_MS = 50;

/**
 * A `beforeKill` that waits until the result has a record that was sent after the start of the program, for at most 20 seconds. A
 * program that was started behind the last record is killed at once.
 */
export function untilAtWork({
  results,
  records = RECORDS,
}: Pick<FaultedProgram, 'results' | 'records'>): (life: ProgramLife) => Promise<void> {
  return async ({ sentBefore }) => {
    if (sentBefore >= records) return;
    for (let waitedMs = 0; waitedMs < WAIT_MAX_MS; waitedMs += LOOK_MS) {
      if ((await results()).some((id) => id >= sentBefore)) return;
      await setTimeout(LOOK_MS);
    }
  };
}
