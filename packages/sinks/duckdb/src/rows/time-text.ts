// Texts of times and dates, of which DuckDB would store a part in silence.

/** The digits of seconds behind the point, by the type of the column. */
const DIGITS: Readonly<Record<string, number>> = {
  TIMESTAMP_S: 0,
  TIMESTAMP_MS: 3,
  TIMESTAMP: 6,
  'TIMESTAMP WITH TIME ZONE': 6,
  TIME: 6,
  'TIME WITH TIME ZONE': 6,
  TIMESTAMP_NS: 9,
};

/** The part of a text that a column cannot hold, in words; undefined when nothing is lost, and for other types. */
export function lostOfTime(text: string, type: string): string | undefined {
  if (type === 'DATE') return text.includes(':') ? 'a time of day' : undefined;
  const digits = DIGITS[type];
  if (digits === undefined) return undefined;
  const fraction = /\.(\d+)/.exec(text)?.[1] ?? '';
  return fraction.replace(/0+$/, '').length > digits ? 'smaller parts of a second' : undefined;
}
