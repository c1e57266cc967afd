import { describe, expect, it } from 'vitest';
import { anything, refusing, schemaOf } from '../../test/schemas.ts';
import type { OptionsSchema } from '../contracts/options-schema.ts';
import { isMillraceError, type MillraceError } from '../errors/millrace-error.ts';
import { noOptions } from './no-options.ts';
import { validateOptions } from './validate-options.ts';

const owner = '@acme/disk';

function refusalOf(schema: OptionsSchema, input: unknown, secrets: readonly string[] = []): MillraceError {
  try {
    validateOptions({ owner, schema, secrets, input });
  } catch (error) {
    if (isMillraceError(error, 'MR_CONFIG_INVALID_OPTION')) return error;
    throw error;
  }
  throw new Error('the options were accepted');
}

describe('validateOptions', () => {
  it("gives the schema's output, frozen", () => {
    const schema = schemaOf<{ port?: number }>(({ port = 80 }) => ({ value: { port } }));
    const { options } = validateOptions({ owner, schema, secrets: [], input: {} });
    expect(options).toEqual({ port: 80 });
    expect(Object.isFrozen(options)).toBe(true);
  });

  it('takes no argument for an empty object', () => {
    expect(validateOptions({ owner, schema: anything(), secrets: [], input: undefined }).options).toEqual({});
  });

  it('names path, expectation and what came', () => {
    const schema = refusing({
      message: 'Expected a number above 0.',
      path: ['segments', 1, { key: 'sizeBytes' }],
    });
    const error = refusalOf(schema, { segments: [{}, { sizeBytes: 'many' }] });
    expect(error.message).toBe(
      '@acme/disk does not accept option segments[1].sizeBytes: expected a number above 0, got "many"',
    );
    expect(error.details).toEqual({
      owner,
      path: 'segments[1].sizeBytes',
      value: '"many"',
      expected: 'expected a number above 0',
      issues: [{ path: 'segments[1].sizeBytes', expected: 'expected a number above 0', got: '"many"' }],
    });
  });

  it('tells all wrong options at once', () => {
    const schema = refusing(
      { message: 'too small', path: ['a'] },
      { message: 'URL is malformed', path: ['b'] },
    );
    expect(refusalOf(schema, { a: -1 }).message).toBe(
      '@acme/disk does not accept\n  - option a: too small, got -1\n  - option b: URL is malformed, got nothing',
    );
  });

  it.each([
    [null, 'null'],
    ['x'.repeat(100), `"${'x'.repeat(80)}…"`],
    [[1, 2], 'an array of 2'],
    [() => 1, 'a function'],
    [{ a: 1, b: { c: 2 } }, 'an object with a, b'],
    [{}, 'an empty object'],
    [10n, '10n'],
    [Number.NaN, 'NaN'],
  ])('outlines %s', (value, got) => {
    const error = refusalOf(refusing({ message: 'wrong', path: ['value'] }), { value });
    expect(error.message).toBe(`@acme/disk does not accept option value: wrong, got ${got}`);
  });

  it('never repeats a secret, also not in words of the schema', () => {
    const schema = refusing(
      { message: 'too short', path: ['auth', 'password'] },
      { message: 'hunter2 is too common', path: ['auth'] },
      { message: 'malformed', path: ['url'] },
    );
    const input = { auth: { password: 'hunter2' }, url: 'http://me:hunter2@host' };
    const error = refusalOf(schema, input, ['password']);
    expect(`${error.message} ${JSON.stringify(error.details)}`).not.toContain('hunter2');
    expect(error.message).toContain('option auth.password: too short, got ***');
  });

  it('prints options without their secrets', () => {
    const input = { user: 'me', password: 'hunter2' };
    const { printableOptions, options } = validateOptions({
      owner,
      schema: anything(),
      secrets: ['password'],
      input,
    });
    expect(printableOptions).toEqual({ user: 'me', password: '***' });
    expect(options).toEqual(input);
  });

  it('refuses a schema that answers with a promise', () => {
    const schema = schemaOf(() => Promise.reject(new Error('unobserved')));
    expect(() => validateOptions({ owner, schema, secrets: [], input: {} })).toThrow(
      new TypeError(
        'the options schema of @acme/disk answered with a promise: options are validated synchronously, so it must not hold asynchronous checks',
      ),
    );
  });
});

describe('noOptions', () => {
  it('refuses every name', () => {
    expect(refusalOf(noOptions, { prot: 80 }).message).toBe(
      '@acme/disk does not accept option prot: there is no such option, got 80',
    );
    expect(refusalOf(noOptions, 80).message).toContain('takes no options, got 80');
  });
});
