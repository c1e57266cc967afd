import { describe, expect, it } from 'vitest';
import { comparablePath, requestTarget } from './request-target.ts';

describe('requestTarget', () => {
  it.each([
    ['/ev', '/ev', undefined],
    ['/ev?a=/x?y', '/ev', undefined],
    ['/', '/', undefined],
    ['//ev', '//ev', undefined],
    ['/a/../ev', '/a/../ev', undefined],
    ['/%65v', '/ev', undefined],
    ['/a%2fb', '/a%2Fb', undefined],
    ['/a%zz', '/a%zz', undefined],
    ['/\u00c3\u00a9', '/%C3%A9', undefined],
    ['http://h/ev', '/ev', 'h'],
    ['HTTPS://H:443/ev?x=1', '/ev', 'H:443'],
    ['http://h', '/', 'h'],
    ['http://h?x=1', '/', 'h'],
    ['http://h:/ev', '/ev', 'h:'],
    ['http://[::1]:80/ev', '/ev', '[::1]:80'],
    ['http://h//ev', '//ev', 'h'],
  ])('reads %s', (target, path, authority) => {
    expect(requestTarget(target, 'POST')).toEqual({ path, authority });
  });

  it.each([
    [''],
    ['ev'],
    ['*'],
    ['h:80'],
    ['http:/ev'],
    ['http:///ev'],
    ['http://user:secret@h/ev'],
    ['http://h:port/ev'],
    ['http://::1/ev'],
    ['ftp://h/ev'],
    ['/ev#x'],
    ['http://h/ev#x'],
  ])('refuses %j', (target) => {
    expect(requestTarget(target, 'POST')).toBeUndefined();
  });

  it('accepts * and an absolute form without a path for the server, for OPTIONS', () => {
    expect(requestTarget('*', 'OPTIONS')).toEqual({ path: '*', authority: undefined });
    expect(requestTarget('http://h:1', 'OPTIONS')).toEqual({ path: '*', authority: 'h:1' });
  });

  it('normalises the path of an option and of a request line in the same way', () => {
    expect(comparablePath('/é', 'utf8')).toBe(comparablePath('/\u00c3\u00a9', 'latin1'));
    expect(comparablePath('/%c3%a9', 'utf8')).toBe('/%C3%A9');
  });
});
