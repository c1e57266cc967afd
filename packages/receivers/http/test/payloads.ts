// Helpers for tests of payloads: the stored records of a payload, and the coded error of a refusal.
import { isMillraceError, type MillraceError } from '@millrace/core';
import type { ParsingRoom } from '../src/bodies/parsing-room.ts';
import type { Payload } from '../src/bodies/payload.ts';

/** Room for everything, and unlimited time. */
export const OPEN_ROOM: ParsingRoom = {
  count: () => undefined,
  isSpentAfter: () => false,
  nextTurn: () => Promise.resolve(),
  inTime: (work) => work,
};

/** The records that a payload stores; lines of text as strings. */
export async function recordsOf(parsed: Payload | Promise<Payload>): Promise<readonly unknown[]> {
  const payload = await parsed;
  const records: unknown[] = [];
  const store = {
    store: (record: unknown) => records.push(record) > 0,
    storeText: (lines: Uint8Array) =>
      records.push(...Buffer.from(lines).toString().replace(/\n$/, '').split('\n')) > 0,
  };
  for (let index = 0; index < payload.pieceCount; index += 1) payload.storePiece(store, index, index);
  return records;
}

/** The error with a code that a call throws. */
export function problemFrom(call: () => unknown): MillraceError {
  try {
    call();
  } catch (error) {
    if (isMillraceError(error)) return error;
    throw error;
  }
  throw new Error('expected an error');
}

/** The error with a code that a promise rejects with. */
export async function problemOf(promise: Promise<unknown>): Promise<MillraceError> {
  const error: unknown = await promise.then(
    () => new Error('expected an error'),
    (reason: unknown) => reason,
  );
  if (isMillraceError(error)) return error;
  throw error;
}
