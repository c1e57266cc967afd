// Rules: a log has no room, or soon has none.
import { lengthText, quoted } from '../../text/words.ts';
import type { LogRoom } from '../../counters/gauge-reader.ts';
import type { VerdictRule } from '../rule.ts';

/** Less room is none. */
const FULL_BYTES = 1_000_000;
const SOON_MS = 3_600_000;
/** A finding holds until the log has room for longer than this. */
const NOT_SOON_MS = 5_400_000;

/** Fires while a log has room for less than a megabyte. */
export const logFull: VerdictRule = {
  name: 'log-full',
  level: 'failed',
  judge: ({ logRoom }) =>
    logRoom === undefined || logRoom.roomBytes >= FULL_BYTES
      ? undefined
      : `${diskOf(logRoom)} is full: records and batches wait until the log has room again. Free some space.`,
};

/** Fires when a log is full within an hour at the rate of the newest minutes. */
export const logFullSoon: VerdictRule = {
  name: 'log-full-soon',
  level: 'warning',
  judge: ({ logRoom }, sinceMs) => {
    if (logRoom?.fullInMs === undefined || logRoom.roomBytes < FULL_BYTES) return undefined;
    const isSoon = logRoom.fullInMs < (sinceMs === undefined ? SOON_MS : NOT_SOON_MS);
    return isSoon ? `${diskOf(logRoom)} is full in ${lengthText(logRoom.fullInMs)}.` : undefined;
  },
};

function diskOf({ executorId }: LogRoom): string {
  return executorId === '' ? "The log's disk" : `The log's disk of executor ${quoted(executorId)}`;
}
