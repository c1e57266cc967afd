import { describe, expect, it } from 'vitest';
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

  it('writes errors with code, details and causes, wherever they are', () => {
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

  it('never writes what looks like a secret, at any depth', () => {
    const { lines, logger } = setUp({ fields: { apiKey: 'hunter2' } });
    logger.child({ sessionToken: 'hunter2' }).info('connecting', {
      options: { url: 'kafka://broker', Password: 'hunter2', headers: [{ Authorization: 'Bearer hunter2' }] },
      error: coreError('MR_STORAGE_DENIED', 'denied', { details: { clientSecret: 'hunter2' } }),
      retries: new Map([['token', 'hunter2']]),
    });
    expect(JSON.stringify(lines)).not.toContain('hunter2');
    expect(lines[0]).toMatchObject({ apiKey: '[redacted]', options: { url: 'kafka://broker' } });
  });

  it('writes what JSON has no form for', () => {
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

  it('never throws, whatever the fields are', () => {
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

  it('changes none of the fields it is given', () => {
    const fields = { options: { password: 'hunter2' } };
    setUp().logger.info('line', fields);
    expect(fields).toEqual({ options: { password: 'hunter2' } });
  });
});
