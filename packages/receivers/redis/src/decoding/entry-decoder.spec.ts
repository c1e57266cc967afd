import { MalformedValue } from '@millrace/core/engine';
import { describe, expect, it } from 'vitest';
import { entryDecoder, textEntryDecoder } from './entry-decoder.ts';
import type { RedisEntryOptions } from './entry-options.ts';

const optionsWith = (options: Partial<RedisEntryOptions>): RedisEntryOptions => ({
  value: 'json',
  onMalformed: 'stop',
  record: 'value',
  field: 'value',
  ...options,
});

function decoded(fields: readonly (string | Buffer)[], options: Partial<RedisEntryOptions> = {}): unknown {
  return entryDecoder(optionsWith(options), 's')(
    '5-1',
    fields.map((field) => Buffer.from(field)),
  );
}

const decodedTexts = (fields: readonly string[], options: Partial<RedisEntryOptions> = {}): unknown =>
  textEntryDecoder(optionsWith(options), 's')?.('5-1', fields);

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

describe('the record of an entry that came as texts', () => {
  it.each<readonly [string, readonly string[], Partial<RedisEntryOptions>]>([
    ['one field', ['other', '1', 'value', '2'], {}],
    ['all fields', ['a', '1', 'b', '[2]'], { field: '*' }],
    ['a text', ['value', 'ä'], { value: 'text' }],
    ['a place', ['value', '2'], { record: 'full' }],
    ['no such field', ['other', '1'], { record: 'full' }],
    ['a field twice', ['a', '1', 'a', '2'], { field: '*' }],
    ['another form', ['value', '{'], {}],
  ])('is that of the bytes: %s', (_, fields, options) => {
    expect(decodedTexts(fields, options)).toEqual(decoded(fields, options));
  });

  it.each<readonly [string, readonly string[], Partial<RedisEntryOptions>]>([
    ['a value', ['value', '"\uFFFD"'], {}],
    ['a value, with its place', ['value', '"\uFFFD"'], { record: 'full' }],
    ['a value of all fields', ['a', '1', 'b', '"\uFFFD"'], { field: '*' }],
    ['a name', ['\uFFFD', '1'], { field: '*' }],
  ])('is undecided when %s may stand for other bytes', (_, fields, options) => {
    expect(decodedTexts(fields, options)).toBeUndefined();
  });

  it('takes no notice of fields that are not asked for', () => {
    expect(decodedTexts(['\uFFFD', '\uFFFD', 'value', '2'])).toBe(2);
  });

  it('is never asked for when bytes are wanted, or when the wanted name may stand for other bytes', () => {
    expect(textEntryDecoder(optionsWith({ value: 'bytes' }), 's')).toBeUndefined();
    expect(textEntryDecoder(optionsWith({ field: '\uFFFD' }), 's')).toBeUndefined();
  });
});
