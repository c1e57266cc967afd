import { describe, expect, it } from 'vitest';
import { HostNames, isLoopbackName } from './host-names.ts';

describe('isLoopbackName', () => {
  it.each(['localhost', 'LOCALHOST', 'localhost.', 'app.localhost', '127.0.0.1', '127.8.9.1', '::1'])(
    'knows %s',
    (name) => {
      expect(isLoopbackName(name)).toBe(true);
    },
  );

  it.each([
    '0.0.0.0',
    '::',
    '10.0.0.1',
    'example.com',
    'localhost.example.com',
    '127.0.0.1.example.com',
    '127.evil',
  ])('refuses %s', (name) => {
    expect(isLoopbackName(name)).toBe(false);
  });
});

describe('HostNames', () => {
  const onLoopback = new HostNames({ host: '127.0.0.1', allowedHosts: ['engine.example.com'] });

  it.each([
    '127.0.0.1:4040',
    'localhost:4040',
    'localhost',
    '[::1]:4040',
    'engine.example.com',
    'ENGINE.example.com:443',
  ])('accepts %s on loopback', (header) => {
    expect(onLoopback.accepts(header)).toBe(true);
  });

  it.each([
    undefined,
    '',
    'evil.example.com',
    '10.0.0.5:4040',
    'localhost@evil.example.com',
    'localhost:4040.evil',
    '[::2]:4040',
  ])('refuses %s on loopback', (header) => {
    expect(onLoopback.accepts(header)).toBe(false);
  });

  it('accepts addresses and its own name beyond loopback, and no other name', () => {
    const everywhere = new HostNames({ host: '0.0.0.0', allowedHosts: [] });
    expect(['10.0.0.5:4040', '[fe80::1]:4040', 'localhost'].map((host) => everywhere.accepts(host))).toEqual([
      true,
      true,
      true,
    ]);
    expect(everywhere.accepts('evil.example.com')).toBe(false);
    expect(new HostNames({ host: 'engine-7', allowedHosts: [] }).accepts('engine-7:4040')).toBe(true);
  });
});
