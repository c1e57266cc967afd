import { describe, expect, it } from 'vitest';
import { problemFrom } from '../../test/payloads.ts';
import { SiteGuard } from './site-guard.ts';

const guard = () =>
  new SiteGuard({
    allowedOrigins: ['https://App.example.com', 'null'],
    allowedHosts: ['ingest.example.com'],
  });

describe('SiteGuard', () => {
  it.each([
    [undefined],
    [''],
    ['localhost'],
    ['LOCALHOST:8080'],
    ['app.localhost'],
    ['127.0.0.1:80'],
    ['192.168.0.17'],
    ['[::1]:80'],
    ['[fe80::1]'],
    ['collector'],
    ['ingest.test'],
    ['db.corp.internal:1'],
    ['nas.home.arpa'],
    ['Ingest.example.com.:443'],
  ])('accepts the host %s', (host) => {
    expect(() => guard().assertHost(host)).not.toThrow();
  });

  it.each([
    ['evil.example'],
    ['evil.example:80'],
    ['127.0.0.1.evil.example'],
    ['localhost.evil.example'],
    ['evil.localhost.example'],
    ['notlocalhost.com'],
    ['xtest.com'],
    ['app.example.com'],
    ['sub.ingest.example.com'],
    ['localhost@evil.example'],
    ['localhost, evil.example'],
    ['evil.example:80:80'],
    ['printer.local'],
  ])('refuses the host %s', (host) => {
    const one = guard();
    one.assertHost('localhost');
    expect(problemFrom(() => one.assertHost(host)).code).toBe('MR_HTTP_HOST_REFUSED');
  });

  it('accepts only known origins', () => {
    expect(guard().originOf({})).toBeUndefined();
    expect(guard().originOf({ origin: 'https://app.example.com' })).toBe('https://app.example.com');
    expect(guard().originOf({ origin: 'null' })).toBe('null');
    for (const origin of ['http://app.example.com', 'https://app.example.com:444', '', 'file://']) {
      expect(problemFrom(() => guard().originOf({ origin })).code).toBe('MR_HTTP_ORIGIN_REFUSED');
    }
  });
});
