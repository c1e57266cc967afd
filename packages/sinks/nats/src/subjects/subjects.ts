// Subjects of NATS and their patterns: `orders.*` has one token behind `orders`, `orders.>` one or more.
const SUBJECT = /^[^\s.*>]+(?:\.[^\s.*>]+)*$/;

/** True for a subject to which a message can be published. */
export function isSubject(value: unknown): boolean {
  return typeof value === 'string' && SUBJECT.test(value);
}

/** True when a subject without wildcards is one of a pattern. */
export function isInside(subject: string, pattern: string): boolean {
  const tokens = subject.split('.');
  const wanted = pattern.split('.');
  for (const [index, token] of wanted.entries()) {
    if (token === '>') return tokens.length > index;
    if (index >= tokens.length || (token !== '*' && token !== tokens[index])) return false;
  }
  return tokens.length === wanted.length;
}

/** Any text as one token of a subject, readable where possible. */
export function tokenOf(text: string): string {
  const encoded = encodeURIComponent(text.toWellFormed()).replaceAll('.', '%2E').replaceAll('*', '%2A');
  // Texts that differ only in lone surrogates are no names that people choose.
  return encoded === '' ? '%' : encoded;
}
