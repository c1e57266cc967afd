import { describe, expect, it } from 'vitest';
import type { PostgresConnectionOptions } from './connection-options.ts';
import { serverFailure } from './server-failure.ts';

const options = { url: 'postgres://ann:correct%20horse@h/d' } as PostgresConnectionOptions;
const failure = (error: Error) => serverFailure(error, { what: 'read table "t"', options });

describe('a failure of the server', () => {
  it('has its SQLSTATE, and a message without the password', () => {
    const error = Object.assign(new Error('no relation for correct horse'), {
      severity: 'ERROR',
      code: '42P01',
      detail: 'row (1, secret)',
    });
    expect(failure(error)).toEqual({
      message: 'could not read table "t" in d at h:5432: no relation for [redacted] (SQLSTATE 42P01)',
      sqlState: '42P01',
      isUnauthenticated: false,
    });
  });

  it('has no SQLSTATE for a code of the socket', () => {
    const error = Object.assign(new Error('connect ECONNREFUSED'), { code: 'EPIPE' });
    expect(failure(error)).toMatchObject({ sqlState: undefined, isUnauthenticated: false });
  });

  it('tells an authentication that the client ended', () => {
    const error = new Error('SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string');
    expect(failure(error)).toMatchObject({ sqlState: undefined, isUnauthenticated: true });
  });
});
