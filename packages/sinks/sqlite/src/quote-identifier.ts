// Names in SQL.

/** A name as an SQL identifier, for any text: in quotation marks, with inner quotation marks doubled. */
export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
