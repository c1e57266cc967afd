// Names and texts inside statements. https://clickhouse.com/docs/sql-reference/syntax

/** A name in backquotes. */
export function quotedName(name: string): string {
  return `\`${name.replaceAll(/[\\`]/g, '\\$&')}\``;
}

/** A text in quotes. */
export function quotedText(text: string): string {
  return `'${text.replaceAll(/[\\']/g, '\\$&').replaceAll('\0', '\\0')}'`;
}
