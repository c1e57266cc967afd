import { describe, expect, it } from 'vitest';
import { isSecretName, redactText } from './redact.ts';

describe('isSecretName', () => {
  it.each([
    ['dbPass'],
    ['PASS2'],
    ['DATABASE_PWD'],
    ['x-api-key'],
    ['encryptionKey'],
    ['signing_key'],
    ['jwt'],
    ['bearer'],
    ['conn_str'],
    ['sasSig'],
    ['smsOtp'],
    ['X-Amz-Signature'],
  ])('recognises %s', (name) => {
    expect(isSecretName(name)).toBe(true);
  });

  it.each([['passCount'], ['bypass'], ['compass'], ['key'], ['keyFile'], ['design'], ['signal'], ['author']])(
    'ignores %s',
    (name) => {
      expect(isSecretName(name)).toBe(false);
    },
  );
});

describe('redactText', () => {
  it.each([
    ['postgres://u:p@ss@h/db', 'postgres://[redacted]@h/db'],
    ['mysql://u:a/b@h', 'mysql://[redacted]@h'],
    ['DB_PASSWORD=abc PORT=1', 'DB_PASSWORD=[redacted] PORT=1'],
    ["password='a b' x", 'password=[redacted] x'],
    ['password="a \\" b" x', 'password=[redacted] x'],
    ["{ user: 'a', password: 'b c' }", "{ user: 'a', password: [redacted] }"],
    ['{"api_key": "a,b","n":1}', '{"api_key": [redacted],"n":1}'],
    ['url=https://h/?token=abc&n=1#sig=q', 'url=https://h/?token=[redacted]&n=1#sig=[redacted]'],
    ['AccountKey=ab)c==;x=1', 'AccountKey=[redacted];x=1'],
    ['Authorization: Basic dTpw', 'Authorization: Basic [redacted]'],
    ['sent Bearer abcdefghijklmnop.q', 'sent Bearer [redacted]'],
    ['a -----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY----- b', 'a [redacted] b'],
  ])('removes the secret from %j', (text, redacted) => {
    expect(redactText(text)).toBe(redacted);
    expect(redactText(redacted)).toBe(redacted);
  });

  it.each([
    ['http://h:80/a@b'],
    ['https://h/@user'],
    ['expected a valid bearer token'],
    ['option password: expected 16 characters'],
    ['a=1, b: 2'],
    ['write to a@example.com'],
  ])('leaves %j unchanged', (text) => {
    expect(redactText(text)).toBe(text);
  });

  it('redacts a secret behind many names that are not secret', () => {
    const text = `${'a=b;'.repeat(50_000)}${'://x:'.repeat(20_000)}${'token"'.repeat(20_000)} pwd=abc`;
    expect(redactText(text).endsWith(' pwd=[redacted]')).toBe(true);
  });
});
