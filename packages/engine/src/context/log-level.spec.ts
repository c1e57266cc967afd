// The level of the engine's own logger: by the environment, by an option, or by a logger of a plugin.
import { Logger, NoopLogger, ProcessRole, provide } from '@millrace/core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { StandaloneContextOptions } from './context-options.ts';
import { StreamingContext } from './streaming-context.ts';

afterEach(() => vi.unstubAllEnvs());

const contextWith = (options: Partial<StandaloneContextOptions>) =>
  new StreamingContext({ appName: 'levels', batchIntervalMs: 1_000, ...options });
const invalid = (details: object) =>
  expect.objectContaining({ code: 'MR_CONFIG_INVALID_OPTION', details: expect.objectContaining(details) });

describe('logLevel', () => {
  it('is accepted, and by name only', () => {
    expect(contextWith({ logLevel: 'silent' }).describe()).toContain('PinoLogger');
    expect(() => contextWith({ logLevel: 'loud' as never })).toThrow(
      invalid({ path: 'logLevel', expected: "expected 'debug', 'info', 'warn', 'error' or 'silent'" }),
    );
  });

  it('is refused beside a plugin with a logger, which would not obey', () => {
    const plugins = [provide(Logger, new NoopLogger())];
    expect(() => contextWith({ plugins, logLevel: 'debug' })).toThrow(
      invalid({ path: 'logLevel', hint: 'give the level to that logger' }),
    );
  });

  it('is no matter on an executor, whose lines go to the driver', () => {
    const executor = { slot: '0', isFor: () => true, serve: () => new Promise<never>(() => undefined) };
    const plugins = [provide(Logger, new NoopLogger()), provide(ProcessRole, { executor })];
    expect(contextWith({ plugins, logLevel: 'debug' }).isDriver).toBe(false);
  });

  it('gives way to MILLRACE_LOG_LEVEL, whose wrong value is refused with the list', () => {
    vi.stubEnv('MILLRACE_LOG_LEVEL', 'loud');
    const refused = invalid({ path: 'MILLRACE_LOG_LEVEL' });
    expect(() => contextWith({ logLevel: 'debug' })).toThrow(refused);
    expect(() => contextWith({})).toThrow(refused);
  });
});
