// Maps errors of the operating system to errors of the Storage port.
import { coreError } from '../errors/core-errors.ts';
import { isMillraceError, type MillraceError } from '../errors/millrace-error.ts';
import { propertyOf } from '../errors/thrown-value.ts';

/** The attempted operation, for the message. */
export interface StorageOperation {
  /** A verb and its object, for instance `'open file'`. */
  readonly name: string;
  readonly path: string;
}

type StorageCode =
  | 'MR_STORAGE_NOT_FOUND'
  | 'MR_STORAGE_EXISTS'
  | 'MR_STORAGE_FULL'
  | 'MR_STORAGE_DENIED'
  | 'MR_STORAGE_FAILED';

/** All other errors are `MR_STORAGE_FAILED`. */
const CODES: Readonly<Record<string, StorageCode>> = {
  ENOENT: 'MR_STORAGE_NOT_FOUND',
  ENOTDIR: 'MR_STORAGE_NOT_FOUND',
  EEXIST: 'MR_STORAGE_EXISTS',
  ENOSPC: 'MR_STORAGE_FULL',
  EDQUOT: 'MR_STORAGE_FULL',
  EACCES: 'MR_STORAGE_DENIED',
  EPERM: 'MR_STORAGE_DENIED',
  EROFS: 'MR_STORAGE_DENIED',
};

const ADVICE: Readonly<Record<StorageCode, string>> = {
  MR_STORAGE_NOT_FOUND: 'it is not there',
  MR_STORAGE_EXISTS: 'it is there already',
  MR_STORAGE_FULL: 'the disk is full, make room',
  MR_STORAGE_DENIED: 'permission denied, check owner and mode',
  MR_STORAGE_FAILED: 'the operating system failed',
};

/** The system's name of an error, for instance `'ENOENT'`; undefined for any other error. */
export function systemCode(error: unknown): string | undefined {
  const code = propertyOf(error, 'code');
  return typeof code === 'string' ? code : undefined;
}

/** The error of the port for an error of the system, with path, operation and cause. */
export function storageFailure(operation: StorageOperation, cause: unknown): MillraceError {
  const system = systemCode(cause);
  const code = CODES[system ?? ''] ?? 'MR_STORAGE_FAILED';
  return coreError(code, `could not ${operation.name} ${operation.path}: ${ADVICE[code]}${suffix(system)}`, {
    details: { path: operation.path, operation: operation.name, ...(system === undefined ? {} : { system }) },
    cause,
  });
}

/** Runs an operation and maps system errors to errors of the port. */
export async function withStorageErrors<T>(operation: StorageOperation, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw isMillraceError(error) ? error : storageFailure(operation, error);
  }
}

function suffix(system: string | undefined): string {
  return system === undefined ? '' : ` (${system})`;
}
