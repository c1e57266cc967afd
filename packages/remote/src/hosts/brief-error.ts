// Errors in beats. A beat is repeated every second and must stay far below the largest message of a carrier, so the error of an
// ended executor is told without its details and with a bounded text.
import type { SerializedError } from '@millrace/core';
import { serializeError } from '@millrace/core/engine';

const TEXT_MAX = 2_000;
const CAUSES_MAX = 2;

/** The error as data of at most 15 KB. */
export function briefError(thrown: unknown): SerializedError {
  return brief(serializeError(thrown), CAUSES_MAX);
}

function brief(error: SerializedError, causesLeft: number): SerializedError {
  const { name, message, code, disposition, stack, cause } = error;
  return {
    name,
    message: message.slice(0, TEXT_MAX),
    ...(code === undefined ? {} : { code }),
    ...(disposition === undefined ? {} : { disposition }),
    ...(stack === undefined ? {} : { stack: stack.slice(0, TEXT_MAX) }),
    ...(cause === undefined || causesLeft === 0 ? {} : { cause: brief(cause, causesLeft - 1) }),
  };
}
