// Removal of secrets from printed text. A secret does not belong in a log line. But fields and options come from
// everywhere, including errors of libraries, and a password in a log cannot be taken back.

/** The replacement for a secret in log lines. */
export const REDACTED = '[redacted]';

const SECRET_PARTS =
  /passw(?:or)?d|passphrase|token|secret|authorization|(?:api|private|access|account|encryption|signing|shared|master)[-_]?key|credential|cookie|conn(?:ection)?[-_]?str(?:ing)?|jwt|bearer|signature/i;
/** Short names that are secrets only as the last word of a name: `dbPass` is a secret, `passCount` is not. */
const SECRET_LAST_WORD =
  /(?:^|[^a-zA-Z]|[a-z0-9](?=[PDSO]))(?:pass|pwd|dsn|sig|otp|Pass|Pwd|Dsn|Sig|Otp|PASS|PWD|DSN|SIG|OTP)\d*$/;

/** User info of a URL: everything between the scheme and the last `@` before the path. */
const USER_INFO = /:\/\/[^\s/?#]*@/g;
/** A password with an unescaped slash. A port and a path with an `@` are not user info. */
const USER_INFO_WITH_SLASH = /:\/\/[^\s/?#@:]{0,256}:(?!\d{1,5}[/?#])[^\s@]{0,256}@/g;
/** A name before `=`, in quotes before `:`, or before `:` and quotes, as in URLs, connection strings, JSON and printed objects. */
const NAME_OF_PAIR = /(?<![\w.-])([\w.-]{1,64})(?:["']?\s?=|["']\s?:|\s?:(?=\s?["']))\s?/g;
/** The value of such a pair. */
const VALUE_OF_PAIR = /"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?|[^&;,\s]+/y;
/** Credentials of HTTP. A shorter word behind `Bearer` is prose. */
const BEARER = /\b(bearer\s+)[\w.~+/-]{16,}=*/gi;
const AUTHORIZATION = /\b((?:proxy-)?authorization["']?\s?[:=]\s?["']?(?:[a-z]+\s+)?)[^\s"',;]+/gi;
const PRIVATE_KEY = /-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[^-]*(?:-----END [A-Z ]{0,30}PRIVATE KEY-----)?/g;

/**
 * True when the name marks its value as a secret: password, passwd, pass, pwd, passphrase, token, jwt, bearer, secret,
 * authorization, signature, sig, otp, credential, cookie, connectionString, dsn, and keys (api, private, access,
 * account, encryption, signing, shared, master), alone or inside a longer name, in any spelling.
 */
export function isSecretName(name: string): boolean {
  return SECRET_PARTS.test(name) || SECRET_LAST_WORD.test(name);
}

/**
 * The text with the user info of URLs, the values of `password=…` and `"password":…` (any name of `isSecretName`),
 * credentials of HTTP and private keys replaced. A printed object is `{ password: '…' }`. Takes time in proportion to the text.
 */
export function redactText(text: string): string {
  let redacted = text;
  if (text.includes('-----BEGIN')) redacted = redacted.replaceAll(PRIVATE_KEY, REDACTED);
  if (text.includes('@')) {
    redacted = redacted
      .replaceAll(USER_INFO, `://${REDACTED}@`)
      .replaceAll(USER_INFO_WITH_SLASH, `://${REDACTED}@`);
  }
  if (/bearer|authorization/i.test(text))
    redacted = redacted.replaceAll(AUTHORIZATION, `$1${REDACTED}`).replaceAll(BEARER, `$1${REDACTED}`);
  return text.includes('=') || text.includes(':') ? withoutPairs(redacted) : redacted;
}

function withoutPairs(text: string): string {
  let kept = '';
  let from = 0;
  for (const { 0: pair, 1: name = '', index } of text.matchAll(NAME_OF_PAIR)) {
    const start = index + pair.length;
    if (start < from || !isSecretName(name)) continue;
    VALUE_OF_PAIR.lastIndex = start;
    const value = VALUE_OF_PAIR.exec(text)?.[0];
    if (value === undefined || value.startsWith(REDACTED)) continue;
    kept += `${text.slice(from, start)}${REDACTED}`;
    from = start + value.length;
  }
  return from === 0 ? text : kept + text.slice(from);
}
