// Subjects of NATS: tokens with dots in between. A pattern may have `*` for one token, and `>` for one or more at the end.

const TOKEN = /^[^\s.*>]+$/;

/** Returns a subject without wildcards. @throws `TypeError` for any other text. */
export function checkedSubject(subject: string): string {
  if (subject.split('.').every((token) => TOKEN.test(token))) return subject;
  throw new TypeError(`expected a subject without wildcards and white space, got ${JSON.stringify(subject)}`);
}

/** Returns a subject that may have wildcards. @throws `TypeError` for any other text. */
export function checkedPattern(pattern: string): string {
  const tokens = pattern.split('.');
  const isToken = (token: string, index: number): boolean =>
    token === '*' || (token === '>' && index === tokens.length - 1) || TOKEN.test(token);
  if (tokens.every(isToken)) return pattern;
  throw new TypeError(`expected a subject, * for a token, or > at the end, got ${JSON.stringify(pattern)}`);
}

/** True when a message with this subject, which has no wildcards, reaches a subscription of the pattern. */
export function isMatch(pattern: string, subject: string): boolean {
  if (pattern === subject) return true;
  if (!pattern.includes('*') && !pattern.includes('>')) return false;
  const wanted = pattern.split('.');
  const tokens = subject.split('.');
  for (const [index, token] of wanted.entries()) {
    if (token === '>') return tokens.length > index;
    if (index >= tokens.length || (token !== '*' && token !== tokens[index])) return false;
  }
  return wanted.length === tokens.length;
}
