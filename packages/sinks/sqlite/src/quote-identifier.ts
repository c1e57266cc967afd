// Names in SQL.

/** A name as SQL takes it, whatever it consists of: in quotation marks, with those inside doubled. */
export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
