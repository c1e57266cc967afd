import { schemaByTable } from '@millrace/core/engine';
import { describe, expect, it } from 'vitest';
import {
  addressOf,
  CONNECTION_RULES,
  connectionMismatches,
  placeOf,
  type PostgresConnectionInput,
  type PostgresConnectionOptions,
} from './connection-options.ts';

const schema = schemaByTable<PostgresConnectionInput, PostgresConnectionOptions>(
  CONNECTION_RULES,
  connectionMismatches,
);
const parsed = (options: object) => schema.parse(options);

describe('the connection', () => {
  it('has defaults', () => {
    expect(addressOf(parsed({ host: 'h' }))).toEqual({
      host: 'h',
      port: 5_432,
      database: 'postgres',
      username: 'postgres',
      password: undefined,
    });
    expect(addressOf(parsed({ url: 'postgres://ann@h' }))).toMatchObject({ database: 'ann', port: 5_432 });
  });

  it('takes everything out of a URL', () => {
    expect(addressOf(parsed({ url: 'postgresql://an%40n:s%3Acret@[::1]:7/a%2Fb' }))).toEqual({
      host: '::1',
      port: 7,
      database: 'a/b',
      username: 'an@n',
      password: 's:cret',
    });
  });

  it('is described without secrets', () => {
    expect(placeOf(parsed({ url: 'postgres://ann:secret@[::1]:7/shop' }))).toBe('shop at [::1]:7');
  });

  it.each([
    ['no place', {}],
    ['two places', { url: 'postgres://h', host: 'h' }],
    ['another protocol', { url: 'http://h' }],
    ['parameters', { url: 'postgres://h/d?sslmode=disable' }],
    ['broken escapes', { url: 'postgres://h/%E0' }],
  ])('is refused with %s', (_, options) => {
    expect(() => parsed(options)).toThrow('expected');
  });
});
