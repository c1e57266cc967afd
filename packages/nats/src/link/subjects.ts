// Subjects of NATS: tokens with dots in between. A pattern may have `*` for one token, and `>` for one or more at the end.

const TOKEN = /^[^\s.*>]+$/;
const SUBJECT = /^[^\s.*>]+(?:\.[^\s.*>]+)*$/;

/** Returns a subject without wildcards. @throws `TypeError` for any other text. */
export function checkedSubject(subject: string): string {
  if (SUBJECT.test(subject)) return subject;
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

/** A function that is `isMatch` of a pattern: the pattern is read once, for a pattern that meets many subjects. */
export function matcherOf(pattern: string): (subject: string) => boolean {
  const first = pattern.search(/[*>]/);
  if (first < 0) return (subject) => subject === pattern;
  // Most patterns have one wildcard, which is the last token.
  if (first < pattern.length - 1) return (subject) => isMatch(pattern, subject);
  const head = pattern.slice(0, first);
  const isWithin = (subject: string): boolean => subject.length > first && subject.startsWith(head);
  if (pattern.endsWith('>')) return isWithin;
  return (subject) => isWithin(subject) && !subject.includes('.', first);
}
