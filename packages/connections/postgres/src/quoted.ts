// Names and texts in SQL.
import pg from 'pg';

/** A name as an SQL identifier, for any text. */
export function quoted(name: string): string {
  return pg.escapeIdentifier(name);
}

/** A name with its schema. */
export function qualified(schema: string, name: string): string {
  return `${quoted(schema)}.${quoted(name)}`;
}

/** A text as an SQL literal, for statements that take no values. */
export function literal(text: string): string {
  return pg.escapeLiteral(text);
}
