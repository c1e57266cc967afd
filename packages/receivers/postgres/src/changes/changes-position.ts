// The position of a change: the place of the commit in the log of the server, and the number of the change within its
// transaction. A server sends transactions in the order of their commits, each as a whole, so positions only grow:
//
//   transaction committed at 0/1A   1 2 3      at 0/2F   1 2       at 0/40   1
//
// A place in the log (LSN) is written with leading zeros here, so that the order of texts is the order of places.
import { postgresError } from '../postgres-errors.ts';

/** The position right behind one change. */
export interface PostgresChangesPosition {
  /** The identity of the server, which differs for a server that was made anew. */
  readonly system: string;
  /** The place of the commit in the log of the server, for instance `00000000/0154A3C8`. */
  readonly commit: string;
  /** The number of the change in its transaction, from 1. */
  readonly index: number;
}

const PLACE = /^[0-9A-F]{8}\/[0-9A-F]{8}$/;
const PLACE_DIGITS = 8;

/** A place as PostgreSQL prints it, with leading zeros. */
export function placeOf(text: string): string {
  return text
    .split('/')
    .map((half) => half.toUpperCase().padStart(PLACE_DIGITS, '0'))
    .join('/');
}

/** A place from its eight bytes. */
export function placeAt(bytes: Buffer, offset: number): string {
  const hex = bytes.toString('hex', offset, offset + PLACE_DIGITS).toUpperCase();
  return `${hex.slice(0, PLACE_DIGITS)}/${hex.slice(PLACE_DIGITS)}`;
}

/** The number of a place. */
export function numberOf(place: string): bigint {
  return BigInt(`0x${place.replace('/', '')}`);
}

/** True when a change is not behind the position: the engine has the change already. */
export function isUpTo(
  commit: string,
  index: number,
  position: Pick<PostgresChangesPosition, 'commit' | 'index'> | undefined,
): boolean {
  if (position === undefined) return false;
  return commit === position.commit ? index <= position.index : commit < position.commit;
}

/**
 * A position that the engine has kept.
 *
 * @throws `MR_POSTGRES_POSITION_UNKNOWN` for anything else.
 */
export function keptChange(value: unknown): PostgresChangesPosition {
  const { system, commit, index } = (value ?? {}) as Partial<Record<keyof PostgresChangesPosition, unknown>>;
  if (
    typeof system === 'string' &&
    typeof commit === 'string' &&
    PLACE.test(commit) &&
    Number.isSafeInteger(index)
  )
    return { system, commit, index: index as number };
  throw postgresError(
    'MR_POSTGRES_POSITION_UNKNOWN',
    'expected a position of postgresChanges as the place to go on from; another receiver had this place in the program',
  );
}
