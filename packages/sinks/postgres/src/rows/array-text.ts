// The text of an array in PostgreSQL: `{1,NULL,"a \"b\""}`, nested for more dimensions.
// https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO

/** `element` gives the text of a value that is no array; null is NULL. */
export function arrayText(values: readonly unknown[], element: (value: unknown) => string | null): string {
  const parts = values.map((value) => {
    if (Array.isArray(value)) return arrayText(value, element);
    const text = element(value);
    return text === null ? 'NULL' : `"${text.replaceAll(/["\\]/g, '\\$&')}"`;
  });
  return `{${parts.join(',')}}`;
}
