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
  it("returns the schema's output, frozen", () => {
    const schema = schemaOf<{ port?: number }>(({ port = 80 }) => ({ value: { port } }));
    const { options } = validateOptions({ owner, schema, secrets: [], input: {} });
    expect(options).toEqual({ port: 80 });
    expect(Object.isFrozen(options)).toBe(true);
  });

  it('accepts a missing argument as an empty object', () => {
    expect(validateOptions({ owner, schema: anything(), secrets: [], input: undefined }).options).toEqual({});
  });

  it('names path, expectation and actual value', () => {
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

  it('reports all wrong options at once', () => {
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

  it('never repeats a secret, not even in words of the schema', () => {
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

  it('refuses a schema that returns a promise', () => {
    const schema = schemaOf(() => Promise.reject(new Error('unobserved')));
    expect(() => validateOptions({ owner, schema, secrets: [], input: {} })).toThrow(
      new TypeError(
        'the options schema of @acme/disk returned a promise: options are validated synchronously, so a schema must not contain asynchronous checks',
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

/** Answers as zod does where its look at the options throws. */
const readingSchema = schemaOf<{ readonly port?: unknown }>((options) => {
  try {
    return { value: { port: String(options.port) } };
  } catch (error) {
    return Promise.reject(error as Error);
  }
});

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

describe('options that throw during validation', () => {
  const getter = Object.defineProperty({}, 'port', {
    enumerable: true,
    get: () => {
      throw new Error('the token is hunter2');
    },
  });
  const inherited = new (class {
    get port(): never {
      throw new Error('no port');
    }
  })();

  it.each([
    ['a getter', getter, 'port'],
    ['a getter of a class', inherited, 'port'],
    ['a revoked proxy below', { port: revoked() }, 'port'],
    ['a revoked proxy in a list', { port: [1, revoked()] }, 'port[1]'],
  ])('are refused at the place of %s', (_, input, path) => {
    const { details } = refusalOf(readingSchema, input);
    expect(details).toMatchObject({ path, expected: 'expected a value that can be read' });
    expect(details['hint']).toBe('give a plain object: { name: value }');
  });

  it.each([
    ['a revoked proxy', revoked(), 'an object that throws on inspection'],
    ['a map', new Map([['port', 1]]), 'an object of type Map'],
    ['a promise', Promise.resolve({ port: 1 }), 'an object of type Promise'],
  ])('or hold nothing by name, are refused as a whole: %s', (_, input, got) => {
    expect(refusalOf(anything(), input).details).toMatchObject({
      path: '',
      value: got,
      expected: 'expected an object of options',
    });
  });

  it('are refused when only the copy or the print reads the options', () => {
    expect(refusalOf(anything(), { client: revoked() }).details).toMatchObject({ path: 'client' });
  });

  it('are refused when they are too deep to be copied', () => {
    let deep: unknown = 1;
    for (let level = 0; level < 20_000; level += 1) deep = { deep };
    expect(refusalOf(anything(), { limits: deep }).details).toMatchObject({ path: 'limits' });
  });

  it('do not expose secrets, also when other options throw', () => {
    const input = Object.defineProperties({ password: 'hunter2' }, Object.getOwnPropertyDescriptors(getter));
    const error = refusalOf(readingSchema, input, ['password']);
    expect(`${error.message} ${JSON.stringify(error.details)}`).not.toContain('hunter2');
  });

  it('are refused with the words of a schema that throws', () => {
    const schema = schemaOf(() => {
      throw new Error('no such unit');
    });
    expect(refusalOf(schema, { unit: 'x' }).message).toContain('(no such unit)');
  });
});

describe('names unknown to a schema', () => {
  const unknown = (keys: readonly string[], path: readonly string[] = []) =>
    ({ code: 'unrecognized_keys', message: 'Unrecognized keys', keys, path }) as const;
  const tls = { def: { type: 'optional', innerType: { shape: { caFile: {}, keyFile: {} } } } };

  it('are reported at their own places, with the similar known name', () => {
    const schema = { ...refusing(unknown(['prt']), unknown(['keyFiel'], ['tls'])), shape: { port: {}, tls } };
    const error = refusalOf(schema, { prt: 1, tls: { keyFiel: 2 } });
    expect(error.details['issues']).toEqual([
      { path: 'prt', expected: 'there is no such option', got: '1', hint: 'did you mean port?' },
      { path: 'tls.keyFiel', expected: 'there is no such option', got: '2', hint: 'did you mean keyFile?' },
    ]);
  });

  it('are reported without a hint by a schema without a list of names, and without the value of a secret', () => {
    const error = refusalOf(refusing(unknown(['passwordd', 'a'])), { passwordd: 'hunter2', a: 1 });
    expect(error.details['issues']).toEqual([
      { path: 'passwordd', expected: 'there is no such option', got: '***' },
      { path: 'a', expected: 'there is no such option', got: '1' },
    ]);
  });

  it('forge no line of the message and do not fill the message', () => {
    const names = ['a\nb\u001B[31m', 'x'.repeat(10_000), ...Array.from({ length: 40 }, (_, at) => `n${at}`)];
    const { message } = refusalOf(refusing(...names.map((name) => unknown([name]))), {});
    expect(message).toContain(String.raw`option a\nb\x1b[31m: `);
    expect(message).toContain('and 22 more');
    expect(message.length).toBeLessThan(4_000);
  });
});

describe('an object without options by name', () => {
  it('is refused in place of options, and only there', () => {
    const schema = { ...anything(), shape: { tls: { shape: { caFile: {} } }, client: {} } };
    expect(refusalOf(schema, { tls: new Map([['caFile', 'x']]) }).details).toMatchObject({
      path: 'tls',
      value: 'an object of type Map',
    });
    const client = new Map();
    const { options } = validateOptions({ owner, schema, secrets: [], input: { client } });
    expect(options).toEqual({ client });
  });
});
