import { describe, expect, it } from 'vitest';
import { AccessToken } from './access-token.ts';

const TOKEN = 'let-me-in-let-me-in';
const token = new AccessToken(TOKEN);

describe('AccessToken', () => {
  it('accepts the token as a bearer, and nothing else', () => {
    expect(token.isIn({ authorization: `Bearer ${TOKEN}` })).toBe(true);
    expect(token.isIn({ authorization: `bearer  ${TOKEN} ` })).toBe(true);
    for (const authorization of [undefined, '', TOKEN, `Basic ${TOKEN}`, `Bearer ${TOKEN}x`, 'Bearer ']) {
      expect(token.isIn({ authorization })).toBe(false);
    }
  });

  it('gives a cookie that pages cannot read and other sites cannot send', () => {
    expect(token.setCookie).toMatch(/^millrace-[\da-f]{8}=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/);
    expect(token.setCookie).not.toContain(TOKEN);
  });

  it('accepts its cookie among others, also after a restart, and not after a change of the token', () => {
    const [cookie] = token.setCookie.split(';');
    expect(token.isIn({ cookie: `a=b; ${cookie}; c=d` })).toBe(true);
    expect(new AccessToken(TOKEN).isIn({ cookie })).toBe(true);
    const other = new AccessToken('another-token-of-mine');
    expect(other.isIn({ cookie })).toBe(false);
    const value = cookie?.split('=')[1];
    expect(other.isIn({ cookie: `${other.setCookie.split('=')[0]}=${value}` })).toBe(false);
  });
});
