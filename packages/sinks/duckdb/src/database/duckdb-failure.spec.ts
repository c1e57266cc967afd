import { coreError } from '@millrace/core';
import { describe, expect, it } from 'vitest';
import { duckdbFailure, isFatal } from './duckdb-failure.ts';

const failureOf = (message: string) =>
  duckdbFailure({ name: 'write to', file: 'out.duckdb', details: { index: 3 } }, new Error(message));

describe('duckdbFailure', () => {
  it.each([
    ['IO Error: Could not set lock on file "/a": Conflicting lock is held', 'LOCKED', 'back-off'],
    ['IO Error: Could not write all bytes: No space left on device', 'FULL', 'back-off'],
    ['Out of Memory Error: could not allocate block', 'MEMORY', 'fail-batch'],
    ['IO Error: The file "/a" exists, but it is not a valid DuckDB database file!', 'DAMAGED', 'stop-engine'],
    ['IO Error: Trying to read a database file with version number 99', 'DAMAGED', 'stop-engine'],
    ['IO Error: Cannot open file "/a/b": No such file or directory', 'DENIED', 'stop-engine'],
    ['TransactionContext Error: Conflict on tuple deletion!', 'BUSY', 'retry'],
    ['Constraint Error: NOT NULL constraint failed: t.a', 'CONSTRAINT', 'fail-batch'],
    ["Conversion Error: Could not convert string 'x' to INT32", 'VALUE', 'fail-batch'],
    ['Out of Range Error: too large', 'VALUE', 'fail-batch'],
    ['Catalog Error: Table with name t does not exist!', 'SCHEMA', 'stop-engine'],
    ['Binder Error: Referenced column "b" not found', 'SCHEMA', 'stop-engine'],
    ['IO Error: Could not read from file', 'FAILED', 'retry'],
    ['odd', 'FAILED', 'retry'],
  ])('of %o is %s', (message, code, disposition) => {
    const failure = failureOf(message);
    expect(failure).toMatchObject({ code: `MR_SINK_DUCKDB_${code}`, disposition, details: { index: 3 } });
    expect(failure.message).toContain(`could not write to out.duckdb: ${message}`);
  });

  it('leaves errors with a code unchanged', () => {
    const error = coreError('MR_SINK_NOT_OPEN', 'closed');
    expect(duckdbFailure({ name: 'open', file: 'out.duckdb' }, error)).toBe(error);
  });
});

describe('isFatal', () => {
  it.each([
    ['FATAL Error: Failed to create checkpoint', true],
    ['INTERNAL Error: Attempted to access index 3', true],
    ['Failed: database has been invalidated because of a previous fatal error', true],
    ['IO Error: Could not read from file', false],
  ])('of %o is %s', (message, expected) => {
    expect(isFatal(new Error(message))).toBe(expected);
  });
});
