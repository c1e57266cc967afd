import { MalformedValue } from '@millrace/core/engine';
import { describe, expect, it } from 'vitest';
import { entryDecoder } from './entry-decoder.ts';
import type { RedisEntryOptions } from './entry-options.ts';

function decoded(fields: readonly (string | Buffer)[], options: Partial<RedisEntryOptions> = {}): unknown {
  const all: RedisEntryOptions = {
    value: 'json',
    onMalformed: 'stop',
    record: 'value',
    field: 'value',
    ...options,
  };
  return entryDecoder(all, 's')(
    '5-1',
    fields.map((field) => Buffer.from(field)),
  );
}

describe('the record of an entry', () => {
  it('is the value of one field', () => {
    expect(decoded(['other', '1', 'value', '2'])).toBe(2);
    expect(decoded(['name', '1'], { field: 'name', value: 'text' })).toBe('1');
  });

  it('is an object of all fields on request', () => {
    expect(decoded(['a', '1', 'b', '[2]'], { field: '*' })).toEqual({ a: 1, b: [2] });
    expect(decoded(['constructor', '1'], { field: '*' })).toEqual({ constructor: 1 });
  });

  it('has the place of the entry on request', () => {
    expect(decoded(['value', '2'], { record: 'full' })).toEqual({
      value: 2,
      stream: 's',
      id: '5-1',
      timestampMs: 5,
    });
  });

  it.each<readonly [string, readonly (string | Buffer)[], Partial<RedisEntryOptions>]>([
    ['has another form', ['value', '{'], {}],
    ['lacks the field', ['other', '1'], {}],
    ['lacks the field, with its place', ['other', '1'], { record: 'full' }],
    ['has a field twice', ['a', '1', 'a', '2'], { field: '*' }],
    ['has a field that changes prototypes', ['__proto__', '{}'], { field: '*' }],
    ['has a name of other bytes', [Buffer.from([0xff]), '1'], { field: '*' }],
    ['has a field of another form', ['a', '{'], { field: '*' }],
  ])('is malformed when the entry %s', (_, fields, options) => {
    expect(decoded(fields, options)).toBeInstanceOf(MalformedValue);
  });
});
