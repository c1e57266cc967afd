// Paths and errors of storages in memory.
import { posix } from 'node:path';
import { coreError } from '@millrace/core';

type FailureCode = Parameters<typeof coreError>[0] & `MR_STORAGE_${string}`;

/** The path from the root. */
export function fullPath(path: string): string {
  return posix.resolve('/', path);
}

/** The error of an operation on a path. */
export function storageFailure(code: FailureCode, path: string, reason: string): Error {
  return coreError(code, `could not use ${path}: ${reason}`, { details: { path } });
}
