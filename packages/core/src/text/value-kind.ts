// Names what a value is, for messages about records: the content may be a secret or long.

/** The kind of a value, with its article: `null`, `an array`, `an object (Date)`, `a number`. */
export function valueKind(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object') return `an object (${value.constructor?.name ?? 'without a class'})`;
  return typeof value === 'undefined' ? 'undefined' : `a ${typeof value}`;
}
