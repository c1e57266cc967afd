// Secrets out of what is printed. A secret has no business in a log line, but fields and options come from everywhere,
// also from errors of libraries, and a password in a log is not taken back.

/** What stands in for a secret in log lines. */
export const REDACTED = '[redacted]';

const SECRET_PARTS =
  /passw(?:or)?d|passphrase|token|secret|authorization|api[-_]?key|private[-_]?key|access[-_]?key|account[-_]?key|credential|cookie|connection[-_]?string/i;
/** Short names that are secrets as the last word of a name only: `dbPass` is one, `passCount` is none. */
const SECRET_LAST_WORD = /(?:^|[^a-zA-Z]|[a-z0-9](?=[PD]))(?:pass|pwd|dsn|Pass|Pwd|Dsn|PASS|PWD|DSN)$/;

/** User info of a URL: everything between the scheme and the last `@` before the path. */
const USER_INFO = /:\/\/[^\s/?#]*@/g;
/** A secret in a query or in a connection string. */
const SECRET_PAIR =
  /((?:^|[?&;,\s])(?:passw(?:or)?d|pwd|pass|passphrase|secret|client[-_]?secret|token|access[-_]?token|api[-_]?key|private[-_]?key|access[-_]?key|account[-_]?key|sharedaccesskey|sig)\s?=\s?)[^&;,\s]+/gi;

/**
 * Whether the value under this name is a secret by its name: password, passwd, pass, pwd, passphrase, token, secret,
 * authorization, apiKey, privateKey, accessKey, accountKey, credential, cookie, connectionString, dsn, alone or inside of
 * a longer name, in any spelling.
 */
export function isSecretName(name: string): boolean {
  return SECRET_PARTS.test(name) || SECRET_LAST_WORD.test(name);
}

/** Text with the user info of URLs, and with `password=…` and the like, replaced. Takes time in proportion to the text. */
export function redactText(text: string): string {
  if (!text.includes('=') && !text.includes('@')) return text;
  return text.replaceAll(USER_INFO, `://${REDACTED}@`).replaceAll(SECRET_PAIR, `$1${REDACTED}`);
}
