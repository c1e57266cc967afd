// What a server tells of a stream, and the question whether entries behind a place are gone. The server keeps no list of what
// was removed, only numbers: every entry has a number, in the order of writing, and trimming removes the oldest ones first.
//
//   written so far   1 2 3 4 5 6 7 8 9      length 4
//   in the stream              6 7 8 9      9 - 4 = 5 were removed
//   a place at 3: 4 and 5 are gone unread.  A place at 5, or at 7: nothing is missing.
import { compareIds } from '../connection/entry-id.ts';
import type { RedisReply } from '../connection/redis-connection.ts';
import { idOf, type ReplyPart } from '../reading/stream-entries.ts';

/** A stream at one moment. */
export interface StreamState {
  readonly length: number;
  /** The number of entries that were ever written; undefined for servers before 7.0. */
  readonly written: number | undefined;
  /** The id of the oldest entry; undefined without entries. */
  readonly first: string | undefined;
  /** The id of the newest entry ever written. */
  readonly last: string;
}

/** A place in a stream: right behind an entry, which may be gone. */
export interface StreamPlace {
  readonly id: string;
  /** The number of the entry; undefined when unknown. */
  readonly written: number | undefined;
}

/** The state in an answer to XINFO STREAM. */
export function stateOf(answer: RedisReply): StreamState {
  const fields = answer as readonly RedisReply[];
  const valueOf = (name: string): RedisReply =>
    fields[fields.findIndex((field) => String(field) === name) + 1] ?? null;
  const written = valueOf('entries-added');
  const first = valueOf('first-entry') as readonly ReplyPart[] | null;
  return {
    length: Number(valueOf('length')),
    written: typeof written === 'number' ? written : undefined,
    first: first?.[0] === undefined ? undefined : idOf(first[0]),
    last: String(valueOf('last-generated-id')),
  };
}

/** Entries that are missing behind a place. */
export interface StreamGap {
  /** In words. */
  readonly reason: string;
  /** True when the stream ends before the place, so that entries before the place may be new. */
  readonly isShorter: boolean;
}

/** The gap behind a place; undefined when every entry is there. */
export function gapBehind(place: StreamPlace, state: StreamState): StreamGap | undefined {
  if (compareIds(state.last, place.id) < 0) {
    const reason = `the stream ends at ${state.last}, so the stream was made anew or has lost its end`;
    return { reason, isShorter: true };
  }
  const reason = missingBehind(place, state);
  return reason === undefined ? undefined : { reason, isShorter: false };
}

/**
 * The number of the entry at an id where reading begins. Exact, unless entries in the middle were deleted one by one; every
 * reading that reaches the end of the stream corrects the number.
 */
export function writtenBefore(id: string, { length, written, first, last }: StreamState): number | undefined {
  if (written === undefined) return undefined;
  if (compareIds(last, id) <= 0) return written;
  return first !== undefined && compareIds(first, id) > 0 ? written - length : undefined;
}

function missingBehind(
  place: StreamPlace,
  { length, written, first, last }: StreamState,
): string | undefined {
  // Trimming has not come up to the place.
  if (first !== undefined && compareIds(first, place.id) <= 0) return undefined;
  // Everything up to the place is gone, and nothing was written since.
  if (compareIds(last, place.id) === 0) return undefined;
  if (written === undefined || place.written === undefined)
    return 'the entry of the place was removed, and the server does not tell whether others are gone, too';
  const missing = written - length - place.written;
  if (missing === 0) return undefined;
  return missing > 0
    ? `${missing} entries behind were removed before they were read`
    : 'the stream has fewer entries than were read, so it was made anew';
}
