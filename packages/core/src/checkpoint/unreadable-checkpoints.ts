// The error of a store whose checkpoints are all of no use, the same for every store.
import { coreError } from '../errors/core-errors.ts';

/** `MR_CHECKPOINT_UNREADABLE`: there are `count` checkpoints at `place`, and none can be used. */
export function checkpointError(place: string, count: number): Error {
  return coreError(
    'MR_CHECKPOINT_UNREADABLE',
    `expected a checkpoint that can be read in ${place}, none of ${count} can; restore one, or remove them all to begin anew`,
    { details: { place, count } },
  );
}

/** `MR_CHECKPOINT_PART_UNREADABLE`: part `part` at `place` cannot be used, and why. */
export function partError(place: string, part: number, problem: string): Error {
  return coreError(
    'MR_CHECKPOINT_PART_UNREADABLE',
    `part ${part} of checkpoints in ${place} cannot be used: ${problem}`,
    {
      details: { place, part, problem },
    },
  );
}
