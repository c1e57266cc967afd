import { describe, expect, it } from 'vitest';
import { coreError } from '../errors/core-errors.ts';
import { isMillraceError } from '../errors/millrace-error.ts';
import { withoutFirst } from './node-storage-file.ts';
import { storageFailure, withStorageErrors } from './storage-failure.ts';

const operation = { name: 'open file', path: '/data/wal/1' };

function failing(code: string): Error {
  return Object.assign(new Error(code), { code });
}

describe('storageFailure', () => {
  it.each([
    ['ENOENT', 'MR_STORAGE_NOT_FOUND', 'fail-batch'],
    ['ENOTDIR', 'MR_STORAGE_NOT_FOUND', 'fail-batch'],
    ['EEXIST', 'MR_STORAGE_EXISTS', 'fail-batch'],
    ['ENOSPC', 'MR_STORAGE_FULL', 'back-off'],
    ['EDQUOT', 'MR_STORAGE_FULL', 'back-off'],
    ['EACCES', 'MR_STORAGE_DENIED', 'stop-engine'],
    ['EPERM', 'MR_STORAGE_DENIED', 'stop-engine'],
    ['EROFS', 'MR_STORAGE_DENIED', 'stop-engine'],
    ['EIO', 'MR_STORAGE_FAILED', 'retry'],
  ])('converts %s to %s, with disposition %s', (system, code, disposition) => {
    const cause = failing(system);
    const error = storageFailure(operation, cause);
    expect(error).toMatchObject({ code, disposition, cause, details: { path: '/data/wal/1', system } });
    expect(error.message).toContain('could not open file /data/wal/1');
  });

  it('treats an error without a system code as a failure', () => {
    expect(storageFailure(operation, 'odd').code).toBe('MR_STORAGE_FAILED');
    expect(storageFailure(operation, undefined).code).toBe('MR_STORAGE_FAILED');
  });

  it('leaves errors with a code unchanged', async () => {
    const locked = coreError('MR_STORAGE_LOCKED', 'locked');
    const error: unknown = await withStorageErrors(operation, () => Promise.reject(locked)).catch(
      (failure: unknown) => failure,
    );
    expect(isMillraceError(error, 'MR_STORAGE_LOCKED')).toBe(true);
  });
});

describe('withoutFirst', () => {
  const buffers = [[1, 2], [3], [4, 5, 6]].map((bytes) => Uint8Array.from(bytes));

  it.each([
    { bytes: 0, rest: [[1, 2], [3], [4, 5, 6]] },
    { bytes: 1, rest: [[2], [3], [4, 5, 6]] },
    { bytes: 2, rest: [[3], [4, 5, 6]] },
    { bytes: 4, rest: [[5, 6]] },
    { bytes: 6, rest: [] },
  ])('leaves $rest after $bytes bytes of a short write', ({ bytes, rest }) => {
    expect(withoutFirst(buffers, bytes).map((buffer) => [...buffer])).toEqual(rest);
  });
});
