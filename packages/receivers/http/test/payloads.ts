// What tests ask of a payload: what it stores, and of a refusal: that it is one with a code.
import { isMillraceError, type MillraceError } from '@millrace/core';
import type { Payload } from '../src/bodies/payload.ts';

/** The records that a payload stores; lines of text as strings. */
export function recordsOf(payload: Payload): readonly unknown[] {
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
