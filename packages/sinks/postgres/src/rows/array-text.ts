// The text of an array in PostgreSQL: `{"1",NULL,"a \\"b\\""}`, nested for more dimensions.
// https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO

/** `element` gives the text of a value that is no array; null is NULL. */
export function arrayText(values: readonly unknown[], element: (value: unknown) => string | null): string {
  const parts = values.map((value) =>
    Array.isArray(value) ? arrayText(value, element) : elementText(element(value)),
  );
  return `{${parts.join(',')}}`;
}

/** An element of an array; null is NULL. */
export function elementText(text: string | null): string {
  if (text === null) return 'NULL';
  return /["\\]/.test(text) ? `"${text.replaceAll(/["\\]/g, '\\$&')}"` : `"${text}"`;
}
