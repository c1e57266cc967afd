import { isMillraceError } from '@millrace/core';
import { assemblePorts } from '@millrace/core/engine';
import { describe, expect, it } from 'vitest';
import { dashboard, type DashboardInput } from './index.ts';

const TOKEN = 'let-me-in-let-me-in';

function refusalOf(options: DashboardInput): unknown {
  try {
    dashboard(options);
    return undefined;
  } catch (error) {
    return isMillraceError(error, 'MR_CONFIG_INVALID_OPTION') ? error.details['path'] : error;
  }
}

describe('options of dashboard', () => {
  it('have defaults', () => {
    expect(dashboard().printableOptions).toEqual({
      host: '127.0.0.1',
      port: 4_040,
      allowedHosts: [],
      openHealth: false,
      readyBehindMs: 60_000,
    });
  });

  it.each(['0.0.0.0', '::', '10.1.2.3', 'engine.example.com'])(
    'refuse the host %s without a token',
    (host) => {
      expect(refusalOf({ host })).toBe('token');
      expect(refusalOf({ host, token: TOKEN })).toBeUndefined();
    },
  );

  it.each(['127.0.0.1', 'localhost', '::1'])('accept the host %s without a token', (host) => {
    expect(refusalOf({ host })).toBeUndefined();
  });

  it.each([
    ['token', { token: 'short' }],
    ['token', { token: `${TOKEN} with spaces` }],
    ['port', { port: 65_536 }],
    ['host', { host: 'a b' }],
    ['allowedHosts[0]', { allowedHosts: ['example.com:80'] }],
    ['timeZone', { timeZone: 'Europe/Atlantis' }],
    ['readyBehindMs', { readyBehindMs: -1 }],
  ])('refuse a wrong %s', (path, options) => {
    expect(refusalOf(options)).toBe(path);
  });

  it('never show the token', () => {
    const plugin = dashboard({ token: TOKEN });
    expect(JSON.stringify(plugin.printableOptions)).not.toContain(TOKEN);
    expect(plugin.printableOptions).toMatchObject({ token: '***' });
  });

  it('need the gauges of an engine', () => {
    expect(() => assemblePorts([dashboard()])).toThrow('EngineGauges');
  });
});
