// The errors of checkpoint stores, the same for every store.
import { coreError } from '../errors/core-errors.ts';

/** `MR_CHECKPOINT_UNREADABLE`: there are `count` checkpoints at `place`, and none can be used. */
export function checkpointError(place: string, count: number): Error {
  return coreError(
    'MR_CHECKPOINT_UNREADABLE',
    `expected a readable checkpoint in ${place}, but none of ${count} is readable; restore one, or remove all to begin without state`,
    { details: { place, count } },
  );
}

/** `MR_CHECKPOINT_PART_UNREADABLE`: part `part` at `place` cannot be used, with the reason. */
export function partError(place: string, part: number, problem: string): Error {
  return coreError(
    'MR_CHECKPOINT_PART_UNREADABLE',
    `part ${part} of checkpoints in ${place} cannot be used: ${problem}`,
    {
      details: { place, part, problem },
    },
  );
}

/** `MR_CHECKPOINT_TOO_LARGE`: a file of this size could not be read back. */
export function tooLarge(path: string, sizeBytes: number, maxBytes: number): Error {
  return coreError(
    'MR_CHECKPOINT_TOO_LARGE',
    `expected a checkpoint of at most ${maxBytes} bytes at ${path}, got ${sizeBytes}; keep less state, or raise maxBytes of the store`,
    { details: { path, sizeBytes, maxBytes } },
  );
}

/** `MR_CHECKPOINT_NOT_REMOVED`: these files stay, all other files due for removal are gone. */
export function notRemoved(
  place: string,
  failed: readonly { readonly name: string; readonly error: unknown }[],
): Error {
  const names = failed.map(({ name }) => name);
  return coreError(
    'MR_CHECKPOINT_NOT_REMOVED',
    `expected to remove ${names.slice(0, 3).join(', ')}${names.length > 3 ? ' and others' : ''} in ${place}, could not; look at owner and mode, the next checkpoint tries again`,
    { details: { place, names }, cause: failed[0]?.error },
  );
}
