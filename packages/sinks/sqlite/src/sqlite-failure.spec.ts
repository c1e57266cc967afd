import { coreError } from '@millrace/core';
import { describe, expect, it } from 'vitest';
import { sqliteFailure } from './sqlite-failure.ts';

const failureOf = (errcode: number) =>
  sqliteFailure({ name: 'write to', file: 'out.db' }, Object.assign(new Error('why'), { errcode }));

describe('sqliteFailure', () => {
  it.each([
    ['SQLITE_BUSY', 5, 'MR_SINK_SQLITE_BUSY', 'retry'],
    ['SQLITE_BUSY_SNAPSHOT', 517, 'MR_SINK_SQLITE_BUSY', 'retry'],
    ['SQLITE_LOCKED', 6, 'MR_SINK_SQLITE_BUSY', 'retry'],
    ['SQLITE_FULL', 13, 'MR_SINK_SQLITE_FULL', 'back-off'],
    ['SQLITE_CONSTRAINT_UNIQUE', 2067, 'MR_SINK_SQLITE_CONSTRAINT', 'fail-batch'],
    ['SQLITE_IOERR_WRITE', 778, 'MR_SINK_SQLITE_FAILED', 'retry'],
    ['SQLITE_CORRUPT', 11, 'MR_SINK_SQLITE_DAMAGED', 'stop-engine'],
    ['SQLITE_READONLY', 8, 'MR_SINK_SQLITE_DENIED', 'stop-engine'],
    ['SQLITE_ERROR', 1, 'MR_SINK_SQLITE_SCHEMA', 'stop-engine'],
  ])('converts %s (%i) to %s', (_, errcode, code, disposition) => {
    const failure = failureOf(errcode);
    expect(failure).toMatchObject({ code, disposition, details: { file: 'out.db', errcode } });
    expect(failure.message).toContain('could not write to out.db: why');
    expect(failure.cause).toBeInstanceOf(Error);
  });

  it('treats any other error as a temporary failure', () => {
    expect(sqliteFailure({ name: 'write to', file: 'out.db' }, 'odd').code).toBe('MR_SINK_SQLITE_FAILED');
  });

  it('leaves errors with a code unchanged', () => {
    const error = coreError('MR_SINK_NOT_OPEN', 'closed');
    expect(sqliteFailure({ name: 'open', file: 'out.db' }, error)).toBe(error);
  });
});
