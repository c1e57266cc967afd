import { describe, expect, it } from 'vitest';
import { isMillraceError, type MillraceError } from '../errors/millrace-error.ts';
import { nearestName } from './nearest-name.ts';
import {
  filledText,
  flag,
  numberAboveZero,
  numberFromZero,
  oneOf,
  option,
  required,
  wholeNumber,
  type OptionTable,
} from './option-rules.ts';
import { resolveOptions } from './resolve-options.ts';

interface Options {
  readonly name: string;
  readonly size: number;
  readonly rate: number;
  readonly share: number;
  readonly mode: 'fast' | 'safe';
  readonly isLoud: boolean;
  readonly limit?: number;
}

const table: OptionTable<Options> = {
  name: required(filledText('a name')),
  size: wholeNumber(10),
  rate: numberFromZero(0),
  share: numberAboveZero(0.5),
  mode: oneOf(['fast', 'safe'], 'safe'),
  isLoud: flag(false),
  limit: wholeNumber(undefined, 0),
};

function resolve(given: unknown, path?: string): Options {
  return resolveOptions<Options>({
    owner: 'thing',
    table,
    given,
    ...(path === undefined ? {} : { path }),
    together: ({ limit = Infinity, size }) =>
      limit < size ? [{ name: 'limit', expected: `at least size, ${size}` }] : [],
  });
}

function refused(given: unknown, path?: string): MillraceError {
  try {
    resolve(given, path);
  } catch (error) {
    if (isMillraceError(error, 'MR_CONFIG_INVALID_OPTION')) return error;
    throw error;
  }
  throw new TypeError('it was accepted');
}

function revoked(): unknown {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

describe('resolveOptions', () => {
  it('fills in defaults, treats undefined as left out, and freezes', () => {
    const options = resolve({ name: 'a', size: undefined });
    expect(options).toEqual({ name: 'a', size: 10, rate: 0, share: 0.5, mode: 'safe', isLoud: false });
    expect(Object.isFrozen(options)).toBe(true);
    expect(resolve({ name: 'a', limit: 12, rate: 0.5 })).toMatchObject({ limit: 12, rate: 0.5 });
  });

  it.each([
    [{ size: 0 }, 'size', 'expected a whole number, at least 1', '0', 'leave it out for 10'],
    [{ size: 1.5 }, 'size', 'expected a whole number, at least 1', '1.5', 'leave it out for 10'],
    [{ size: '10' }, 'size', 'expected a whole number, at least 1', '"10"', 'leave it out for 10'],
    [{ rate: -1 }, 'rate', 'expected a number, at least 0', '-1', 'leave it out for 0'],
    [{ rate: Number.NaN }, 'rate', 'expected a number, at least 0', 'NaN', 'leave it out for 0'],
    [{ share: 0 }, 'share', 'expected a number above 0', '0', 'leave it out for 0.5'],
    [{ mode: 'slow' }, 'mode', "expected 'fast' or 'safe'", '"slow"', 'leave it out for "safe"'],
    [{ isLoud: 1 }, 'isLoud', 'expected true or false', '1', 'leave it out for false'],
    [{ limit: null }, 'limit', 'expected a whole number, at least 0', 'null', undefined],
    [{ limit: 3 }, 'limit', 'expected at least size, 10', '3', undefined],
    [{ name: ' ' }, 'name', 'expected a name', '" "', undefined],
    [{ name: undefined }, 'name', 'expected a name', 'nothing', undefined],
    [{ sise: 3 }, 'sise', 'there is no such option', '3', 'did you mean size?'],
    [{ SIZE: 3 }, 'SIZE', 'there is no such option', '3', 'did you mean size?'],
    [
      { retries: 3 },
      'retries',
      'there is no such option',
      '3',
      'there are name, size, rate, share, mode, isLoud, limit',
    ],
    [{ constructor: 3 }, 'constructor', 'there is no such option', '3', expect.stringContaining('there are')],
  ])('refuses %j with path, value, expectation and hint', (given, path, expected, value, hint) => {
    const error = refused({ name: 'a', ...given });
    const issue = { path, expected, ...(hint === undefined ? {} : { hint }) };
    expect(error.details).toEqual({
      owner: 'thing',
      ...issue,
      value,
      issues: [{ ...issue, got: value }],
    });
    const end = typeof hint === 'string' ? `; ${hint}` : '';
    expect(error.message).toContain(`thing does not accept option ${path}: ${expected}, got ${value}${end}`);
  });

  it('reports all mistakes at once, with their place among the options of the owner', () => {
    const { details, message } = refused({ size: 0, rate: -1, other: 1 }, 'parts');
    const paths = (details['issues'] as { path: string }[]).map(({ path }) => path);
    expect(paths).toEqual(['parts.size', 'parts.rate', 'parts.other', 'parts.name']);
    expect(message.split('\n  - ')).toHaveLength(5);
  });

  it.each([null, 3, 'text', [], true])('refuses %j in place of options', (given) => {
    expect(refused(given, 'parts').details).toMatchObject({
      path: 'parts',
      expected: 'expected an object of options',
    });
  });

  it.each([
    ['a map', () => new Map([['size', 1]]), 'an object of type Map'],
    ['a date', () => new Date(0), 'an object of type Date'],
    ['a promise', () => Promise.resolve({ size: 1 }), 'an object of type Promise'],
    ['a revoked proxy', revoked, 'an object that throws on inspection'],
  ])('refuses %s, which has no options by name', (_what, make, value) => {
    const given = make();
    expect(refused(given, 'parts').details).toMatchObject({
      path: 'parts',
      expected: 'expected an object of options',
      value,
    });
    expect(refused({ name: 'a', size: given }).details).toMatchObject({ path: 'size', value });
  });

  it('names the option whose getter or rule throws', () => {
    const given = Object.defineProperty({ name: 'a' }, 'size', {
      enumerable: true,
      get: () => {
        throw new Error('no size');
      },
    });
    expect(refused(given, 'parts').details).toMatchObject({
      path: 'parts.size',
      expected: 'expected a value that can be read',
      value: 'one that throws (no size)',
      hint: 'give a plain object: { name: value }',
    });
    const list = option('a list', (value) => (value as readonly unknown[]).length > 0);
    const resolveList = () => resolveOptions({ owner: 'o', table: { list }, given: { list: revoked() } });
    expect(resolveList).toThrow('option list: expected a list, got an object that throws');
  });

  it('accepts any rule', () => {
    const even = option('an even number', (value) => Number(value) % 2 === 0, 2);
    expect(resolveOptions<{ n: number }>({ owner: 'o', table: { n: even }, given: { n: 4 } })).toEqual({
      n: 4,
    });
  });
});

describe('nearestName', () => {
  it.each([
    ['blockIntervall', 'blockIntervalMs'],
    ['maxattempts', 'maxAttempts'],
    ['retries', undefined],
    ['', undefined],
  ])('of %s is %s', (written, nearest) => {
    expect(nearestName(written, ['blockIntervalMs', 'maxAttempts', 'concurrentJobs'])).toBe(nearest);
  });
});
