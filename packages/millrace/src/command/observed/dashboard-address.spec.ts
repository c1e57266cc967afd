import { describe, expect, it } from 'vitest';
import { dashboardAddress } from './dashboard-address.ts';

const addressOf = (url?: string, token?: string, environment: Readonly<Record<string, string>> = {}) => {
  const address = dashboardAddress({ url, token }, environment);
  return [address.base.href, address.token];
};

describe('dashboardAddress', () => {
  it('comes from the argument, else from the environment, else is the default', () => {
    const environment = { MILLRACE_URL: 'http://orders:4040', MILLRACE_TOKEN: 'from-environment' };
    expect(addressOf()).toEqual(['http://127.0.0.1:4040/', undefined]);
    expect(addressOf(undefined, undefined, environment)).toEqual(['http://orders:4040/', 'from-environment']);
    expect(addressOf('localhost:4041', 'given', environment)).toEqual(['http://localhost:4041/', 'given']);
    expect(addressOf('', '', { MILLRACE_URL: '', MILLRACE_TOKEN: ' ' })).toEqual(addressOf());
  });

  it('keeps a path, and takes the token out of the address', () => {
    expect(addressOf('https://example.com/millrace?token=abc#/batch/7')).toEqual([
      'https://example.com/millrace/',
      'abc',
    ]);
    expect(addressOf('https://example.com/?token=abc', 'given')).toEqual(['https://example.com/', 'given']);
  });

  it('refuses other texts without repeating them', () => {
    for (const wrong of [
      'ftp://host',
      'http://user:secret@host',
      'http://',
      'file:///etc/passwd',
      'ht tp://secret',
    ]) {
      expect(() => dashboardAddress({ url: wrong, token: undefined }, {})).toThrow(
        expect.objectContaining({
          name: 'DashboardFailure',
          message: expect.not.stringMatching('secret') as string,
        }) as Error,
      );
    }
  });
});
