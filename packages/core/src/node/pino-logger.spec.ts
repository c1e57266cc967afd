import { describe, expect, it } from 'vitest';
import { thrownValues } from '../../test/thrown-values.ts';
import { coreError } from '../errors/core-errors.ts';
import { PinoLogger, type PinoLoggerOptions } from './pino-logger.ts';

function setUp(options: PinoLoggerOptions = {}) {
  const lines: Record<string, unknown>[] = [];
  const write = (line: string): void => void lines.push(JSON.parse(line) as Record<string, unknown>);
  return { lines, logger: new PinoLogger({ ...options, destination: { write } }) };
}

describe('PinoLogger', () => {
  it('writes one line with level, time, message and fields', () => {
    const { lines, logger } = setUp();
    logger.info('receiver started', { streamId: 3 });
    expect(lines).toEqual([
      {
        level: 'info',
        time: expect.stringMatching(/^\d{4}-.*Z$/) as string,
        streamId: 3,
        msg: 'receiver started',
      },
    ]);
  });

  it('writes nothing below its level', () => {
    const { lines, logger } = setUp({ level: 'warn' });
    logger.debug('a');
    logger.info('b');
    logger.warn('c');
    logger.error('d');
    expect(lines.map(({ level }) => level)).toEqual(['warn', 'error']);
  });

  it('adds the fields of its parents to every line', () => {
    const { lines, logger } = setUp({ fields: { application: 'delays' } });
    logger.child({ streamId: 1 }).child({ attempt: 2 }).error('failed', { more: true });
    expect(lines[0]).toMatchObject({ application: 'delays', streamId: 1, attempt: 2, more: true });
  });

  it('writes errors with code, details and causes, at any place', () => {
    const { lines, logger } = setUp();
    const cause = new TypeError('the cause');
    const error = coreError('MR_STORAGE_FULL', 'disk full', { details: { path: '/data' }, cause });
    logger.error('push failed', { error, errors: [cause] });
    expect(lines[0]).toMatchObject({
      error: {
        name: 'MillraceError',
        code: 'MR_STORAGE_FULL',
        message: 'disk full',
        details: { path: '/data' },
        cause: { name: 'TypeError', message: 'the cause' },
      },
      errors: [{ name: 'TypeError' }],
    });
  });

  it('never writes values that look like a secret, at any depth', () => {
    const { lines, logger } = setUp({ fields: { apiKey: 'hunter2' } });
    logger.child({ sessionToken: 'hunter2' }).info('connecting', {
      options: { url: 'kafka://broker', Password: 'hunter2', headers: [{ Authorization: 'Bearer hunter2' }] },
      error: coreError('MR_STORAGE_DENIED', 'denied', { details: { clientSecret: 'hunter2' } }),
      retries: new Map([['token', 'hunter2']]),
    });
    expect(JSON.stringify(lines)).not.toContain('hunter2');
    expect(lines[0]).toMatchObject({ apiKey: '[redacted]', options: { url: 'kafka://broker' } });
  });

  it('writes values without a JSON form', () => {
    const { lines, logger } = setUp();
    logger.info('odd', {
      big: 10n,
      bytes: new Uint8Array(4),
      when: new Date(0),
      ids: new Set([1]),
      nothing: undefined,
    });
    expect(lines[0]).toMatchObject({
      big: '10',
      bytes: '[4 bytes]',
      when: '1970-01-01T00:00:00.000Z',
      ids: [1],
    });
  });

  it('never throws, for any fields', () => {
    const { lines, logger } = setUp();
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    const trap = {
      get field(): never {
        throw new Error('a getter');
      },
    };
    logger.info('circle', { circle });
    logger.info('trap', trap);
    expect(lines.map(({ msg }) => msg)).toEqual(['circle', 'trap']);
  });

  it.each(thrownValues())('writes %s, thrown', (_what, thrown) => {
    const { lines, logger } = setUp();
    logger.error('failed', { error: thrown, kept: 'kept' });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({ msg: 'failed', kept: 'kept' });
  });

  it('names a field that cannot be read, and writes the other fields', () => {
    const { lines, logger } = setUp();
    const trap = (): never => {
      throw Object.create(null);
    };
    logger.info('line', {
      kept: 1,
      toJSON: trap,
      inner: { toJSON: trap, before: 1 },
      [`getter`]: {
        get a() {
          return trap();
        },
        b: 2,
      },
    });
    expect(lines[0]).toMatchObject({ kept: 1, getter: { b: 2 } });
    expect(JSON.stringify(lines[0])).toContain('[unprintable');
  });

  it('bounds the content of a line', () => {
    const written: string[] = [];
    const logger = new PinoLogger({ destination: { write: (line) => void written.push(line) } });
    logger.info('x'.repeat(1_000_000), {
      array: Array.from({ length: 100_000 }, () => 'y'),
      object: Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [index, index])),
      set: new Set(Array.from({ length: 100_000 }, (_, index) => index)),
      text: 'z'.repeat(1_000_000),
      big: 10n ** 100_000n,
    });
    expect(written.join('').length).toBeLessThan(60_000);
  });

  it('replaces secrets by name in any spelling, in results of toJSON, and in text', () => {
    const { lines, logger } = setUp();
    const names =
      'password passwd pass pwd dbPass DB_PASS userPwd privateKey private_key dsn sentryDsn accountKey accessKey connectionString connection_string credentials cookie setCookie x-api-key'.split(
        ' ',
      );
    logger.info('postgres://user:hunter2@db/x', {
      ...Object.fromEntries(names.map((name) => [name, 'hunter2'])),
      options: { toJSON: () => ({ password: 'hunter2', list: [{ token: 'hunter2' }] }) },
      url: 'redis://:hunter2@host:6379',
      odd: 'amqp://user:hun@ter:hunter2@host/path?x=1',
      query: 'https://host/path?a=1&access_token=hunter2&b=2',
      settings: 'Server=db;User=me;Password=hunter2;Encrypt=true',
      error: new Error('could not connect to mongodb://admin:hunter2@host/db'),
    });
    expect(JSON.stringify(lines)).not.toContain('hunter2');
    expect(lines[0]).toMatchObject({
      url: 'redis://[redacted]@host:6379',
      query: 'https://host/path?a=1&access_token=[redacted]&b=2',
      settings: 'Server=db;User=me;Password=[redacted];Encrypt=true',
    });
  });

  it.each(['passCount', 'compass', 'bypass1', 'records', 'path', 'url'])('keeps values under %s', (name) => {
    const { lines, logger } = setUp();
    logger.info('line', { [name]: 'kept' });
    expect(lines[0]).toMatchObject({ [name]: 'kept' });
  });

  it('escapes control characters of every kind and stays JSON', () => {
    const written: string[] = [];
    const logger = new PinoLogger({ destination: { write: (line) => void written.push(line) } });
    const text = Array.from({ length: 0xa0 }, (_, code) => String.fromCharCode(code)).join('');
    logger.info(`a${text}`, { text, [`key${text}`]: 1 });
    expect(written).toHaveLength(1);
    // oxlint-disable-next-line no-control-regex -- these are what must not be there
    expect(written[0]).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
    expect(JSON.parse(written[0] ?? '')).toMatchObject({ text, msg: `a${text}` });
  });

  it('takes time in proportion to the text', () => {
    const { lines, logger } = setUp();
    for (const text of ['://', '@', '=', 'a@', 'pass=', '?token', '://a'].map((part) => part.repeat(16_000)))
      logger.info('line', { text });
    expect(lines).toHaveLength(7);
  });

  it('changes none of the passed fields', () => {
    const fields = { options: { password: 'hunter2' } };
    setUp().logger.info('line', fields);
    expect(fields).toEqual({ options: { password: 'hunter2' } });
  });
});
