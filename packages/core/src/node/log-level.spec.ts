import { afterEach, describe, expect, it, vi } from 'vitest';
import { environmentLogLevel } from './log-level.ts';
import { PinoLogger } from './pino-logger.ts';

afterEach(() => vi.unstubAllEnvs());

/** The levels that a logger writes. */
function writtenBy(options: ConstructorParameters<typeof PinoLogger>[0] = {}): string[] {
  const levels: string[] = [];
  const write = (line: string) => void levels.push((JSON.parse(line) as { level: string }).level);
  const log = new PinoLogger({ ...options, destination: { write } });
  for (const level of ['debug', 'info', 'warn', 'error'] as const) log[level]('line');
  return levels;
}

describe('MILLRACE_LOG_LEVEL', () => {
  it.each([
    [undefined, undefined],
    ['', undefined],
    ['debug', 'debug'],
    ['WARN', 'warn'],
    [' silent ', 'silent'],
  ])('%j asks for %s', (given, level) => {
    expect(environmentLogLevel({ MILLRACE_LOG_LEVEL: given })).toBe(level);
  });

  it.each(['trace', 'verbose', '3', 'warn,info'])('%s is refused with the list of levels', (given) => {
    expect(() => environmentLogLevel({ MILLRACE_LOG_LEVEL: given })).toThrow(
      expect.objectContaining({
        code: 'MR_CONFIG_INVALID_OPTION',
        message: `the environment does not accept option MILLRACE_LOG_LEVEL: expected 'debug', 'info', 'warn', 'error' or 'silent', got "${given}"`,
      }),
    );
  });

  it('is the level of a logger without a level', () => {
    vi.stubEnv('MILLRACE_LOG_LEVEL', 'error');
    expect([writtenBy(), writtenBy({ level: 'warn' })]).toEqual([['error'], ['warn', 'error']]);
    vi.stubEnv('MILLRACE_LOG_LEVEL', 'loud');
    expect(() => writtenBy()).toThrow(expect.objectContaining({ code: 'MR_CONFIG_INVALID_OPTION' }));
  });
});

describe('options of PinoLogger', () => {
  it.each([
    ['level', { level: 'trace' }],
    ['format', { format: 'pretty' }],
    ['destination', { destination: 'stdour' }],
    ['levle', { levle: 'debug' }],
  ])('refuse a wrong %s', (path, options) => {
    expect(() => new PinoLogger(options as never)).toThrow(
      expect.objectContaining({
        code: 'MR_CONFIG_INVALID_OPTION',
        details: expect.objectContaining({ path }) as object,
      }),
    );
  });

  it('write readable lines on request, and JSON to an object by default', () => {
    const lines: string[] = [];
    const destination = { write: (line: string) => void lines.push(line) };
    vi.stubEnv('NO_COLOR', '1');
    new PinoLogger({ format: 'readable', destination }).warn('careful', { n: 1 });
    vi.stubEnv('NO_COLOR', '');
    vi.stubEnv('TERM', 'dumb');
    new PinoLogger({ format: 'readable', destination }).warn('careful', { n: 1 });
    vi.stubEnv('TERM', 'xterm');
    new PinoLogger({ format: 'readable', destination }).warn('careful', { n: 1 });
    new PinoLogger({ destination }).warn('careful', { n: 1 });
    expect(lines.map((line) => line.replace(/^.*(WARN)/, '$1'))).toEqual([
      'WARN  careful  n=1\n',
      'WARN  careful  n=1\n',
      expect.stringContaining('\u001b['),
      expect.stringMatching(/^\{"level":"warn"/),
    ]);
  });
});
