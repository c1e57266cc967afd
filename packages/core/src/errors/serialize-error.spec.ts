import { describe, expect, it } from 'vitest';
import { thrownValues } from '../../test/thrown-values.ts';
import { coreError } from './core-errors.ts';
import { isMillraceError, MillraceError } from './millrace-error.ts';
import { deserializeError, serializeError } from './serialize-error.ts';
import { asError, isError, messageOf } from './thrown-value.ts';

describe.each(thrownValues())('%s, thrown', (_what, thrown) => {
  it('is plain data of bounded size', () => {
    const data = serializeError(thrown);
    expect(typeof data.message).toBe('string');
    expect(data.message).not.toBe('');
    expect(structuredClone(data)).toEqual(data);
    expect(JSON.stringify(data, bigintText).length).toBeLessThan(1_000_000);
    expect(JSON.stringify(data, bigintText).isWellFormed()).toBe(true);
  });

  it('is restored to an error', () => {
    const error = deserializeError(serializeError(thrown));
    expect(error).toBeInstanceOf(Error);
    expect(serializeError(error).message).toBe(serializeError(thrown).message);
  });

  it('has a message, and is or becomes an error', () => {
    expect(messageOf(thrown).length).toBeLessThan(10_000);
    expect(isError(asError(thrown))).toBe(true);
    expect(isMillraceError(thrown, 'MR_OTHER')).toBe(false);
  });
});

const bigintText = (_key: string, value: unknown) => (typeof value === 'bigint' ? `${value}` : value);

describe('serializeError', () => {
  it.each([
    ['text', 'text', 'text'],
    ['nothing', undefined, 'undefined'],
    ['a symbol', Symbol('reason'), 'Symbol(reason)'],
    ['an object by its content', { code: 7 }, '{ code: 7 }'],
    ['an object without prototype', Object.create(null) as object, '[Object: null prototype] {}'],
    ['an object that looks like an error', { message: 'went wrong' }, 'went wrong'],
    ['an object by its own words', { toString: () => 'own words' }, 'own words'],
    ['a message cut off', new Error('x'.repeat(9_000)), `${'x'.repeat(8_192 - 19)}… (9000 characters)`],
    [
      'how many errors there are',
      new AggregateError([1, 2], 'both'),
      'both (2 errors; the first is the cause)',
    ],
  ])('serializes %s', (_what, thrown, message) => {
    expect(serializeError(thrown).message).toBe(message);
  });

  it('keeps the fields of a Millrace error', () => {
    const cause = new TypeError('the cause');
    const error = coreError('MR_STORAGE_FULL', 'full', {
      details: { path: '/data', sizes: [1, 2], when: new Date(5), left: new Map([['a', 1n]]) },
      cause,
    });
    const back = deserializeError(serializeError(error));
    expect(back).toBeInstanceOf(MillraceError);
    expect(back).toMatchObject({
      code: 'MR_STORAGE_FULL',
      disposition: 'back-off',
      details: error.details,
      message: 'full',
      stack: error.stack,
      cause: { name: 'TypeError', message: 'the cause' },
    });
  });

  it('ends a circle of causes at the repetition', () => {
    const first = new Error('first');
    first.cause = new Error('second', { cause: first });
    expect(serializeError(first)).toMatchObject({
      message: 'first',
      cause: { message: 'second', cause: { message: 'the cause is an error shown above' } },
    });
  });

  it('keeps 16 causes and marks further ones', () => {
    let error = new Error('innermost');
    for (let level = 0; level < 40; level += 1) error = new Error(`level ${level}`, { cause: error });
    let levels = 0;
    let last = serializeError(error);
    for (; last.cause !== undefined; last = last.cause) levels += 1;
    expect(levels).toBe(17);
    expect(last.message).toContain('more than 16 causes');
  });

  it('keeps a detail named __proto__ as data', () => {
    const details = JSON.parse('{"__proto__":{"polluted":true}}') as Record<string, unknown>;
    const data = serializeError(coreError('MR_STORAGE_FULL', 'full', { details }));
    expect(Object.keys(data.details ?? {})).toEqual(['__proto__']);
    expect((data.details as { polluted?: unknown }).polluted).toBeUndefined();
  });
});

describe('deserializeError', () => {
  it.each([
    ['nothing', undefined],
    ['text', 'text'],
    ['other types', { name: 1, message: {}, stack: [], code: 'MR_X', disposition: 'explode', details: 7 }],
    ['a cause that is text', { name: 'Error', message: 'm', cause: 'text' }],
  ])('accepts %s', (_what, data) => {
    expect(deserializeError(data as never)).toBeInstanceOf(Error);
  });

  it('follows a bounded number of causes', () => {
    let data: { name: string; message: string; cause?: object } = { name: 'Error', message: 'innermost' };
    for (let level = 0; level < 100_000; level += 1) data = { name: 'Error', message: 'm', cause: data };
    expect(deserializeError(data as never)).toBeInstanceOf(Error);
  });

  it('accepts no unknown disposition', () => {
    const error = deserializeError({ name: 'E', message: 'm', code: 'MR_X', disposition: 'explode' });
    expect(error).toMatchObject({ code: 'MR_X', disposition: 'fail-batch' });
  });
});
