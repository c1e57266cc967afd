// Dates and times in the notations of people, programs and databases: ISO 8601, RFC 3339 and variants. All functions
// are plain arithmetic in UTC.
//
//   2026-05-13T22:03:45.250Z     2026/5/13 22:03     2026-05-13 22:03:45+00     20260513T220345,5-0530     2026-05-13

const DAY_MS = 86_400_000;

const YEAR = String.raw`(?<year>\d{4}|[+-]\d{6})`;
const CALENDAR_DATE = String.raw`${YEAR}(?<dash>[-/])(?<month>\d{1,2})\k<dash>(?<day>\d{1,2})`;
const ORDINAL_DATE = String.raw`${YEAR}-(?<yearDay>\d{3})`;
const WEEK_DATE = String.raw`${YEAR}-W(?<week>\d{2})-(?<weekDay>[1-7])`;
const DATE = `(?:${CALENDAR_DATE}|${ORDINAL_DATE}|${WEEK_DATE})`;
const TIME = String.raw`(?<hour>\d{1,2}):(?<minute>\d{2})(?::(?<second>\d{2})(?:[.,](?<fraction>\d+))?)?`;
const BASIC_DATE = String.raw`(?:(?<year>\d{4})(?:(?<month>\d{2})(?<day>\d{2})|(?<yearDay>\d{3})|W(?<week>\d{2})(?<weekDay>[1-7])))`;
const BASIC_TIME = String.raw`(?<hour>\d{2})(?<minute>\d{2})(?:(?<second>\d{2})(?:[.,](?<fraction>\d+))?)?`;
const ZONE = String.raw`(?:\s*(?<zone>Z|UTC|GMT|[+\-\u2212]\d{2}(?::?\d{2}(?::?\d{2})?)?)(?:\[[^\]]*\])*)?`;

const EXTENDED = new RegExp(`^${DATE}(?:(?:T|\\s+)${TIME})?${ZONE}$`, 'i');
const BASIC = new RegExp(`^${BASIC_DATE}(?:T${BASIC_TIME}${ZONE})?$`, 'i');

/**
 * Parses a date, optionally with a time and a zone, to milliseconds since the epoch; undefined for a date outside the
 * calendar. Without a time the result is midnight, without a zone UTC.
 *
 * Accepted: dates with dashes or slashes, of one or two digits for month and day; `T`, `t` or spaces before a time of
 * hours and minutes, with optional seconds and a fraction after `.` or `,`; a zone as `Z`, `UTC`, `GMT`, `+02`,
 * `+0200`, `+02:00`, optionally with seconds, and a zone name in brackets behind, which is ignored; years of six digits
 * with a sign; a leap second, as the second that follows; 24:00 as the end of its day; ordinal dates, `2026-133`; week
 * dates, `2026-W20-3`. Of the basic format, `20260513T220345Z`. Not accepted: names of months, zones by name alone,
 * hours alone.
 *
 * @param options `isBasicDateTaken`: seven or eight digits alone also form a date.
 */
export function parseDateTime(
  text: string,
  { isBasicDateTaken }: { readonly isBasicDateTaken: boolean },
): number | undefined {
  const extended = EXTENDED.exec(text)?.groups;
  const parts = extended ?? BASIC.exec(text)?.groups;
  if (parts === undefined) return undefined;
  const isDigitsAlone = extended === undefined && parts['hour'] === undefined && parts['week'] === undefined;
  if (isDigitsAlone && !isBasicDateTaken) return undefined;
  const dayMs = midnightOf(parts);
  const timeMs = timeOfDayMs(parts);
  const zoneMs = zoneOffsetMs(parts['zone']);
  if (dayMs === undefined || timeMs === undefined || zoneMs === undefined) return undefined;
  return dayMs + timeMs - zoneMs;
}

type Parts = Readonly<Record<string, string | undefined>>;

function numberOf(text: string | undefined): number {
  return text === undefined ? 0 : Number(text);
}

/** Milliseconds since midnight; undefined for an impossible time. */
function timeOfDayMs(parts: Parts): number | undefined {
  const [hour, minute, second] = [
    numberOf(parts['hour']),
    numberOf(parts['minute']),
    numberOf(parts['second']),
  ];
  const fractionMs = Number(`0.${parts['fraction'] ?? '0'}`) * 1_000;
  const timeMs = (hour * 3_600 + minute * 60 + second) * 1_000 + fractionMs;
  const secondMax = minute === 59 ? 60 : 59;
  if (minute > 59 || second > secondMax) return undefined;
  return hour <= 23 || timeMs === DAY_MS ? timeMs : undefined;
}

/** Midnight of the date; undefined for a day outside the calendar. */
function midnightOf(parts: Parts): number | undefined {
  const year = numberOf(parts['year']);
  if (parts['yearDay'] !== undefined) return dayOfYear(year, numberOf(parts['yearDay']));
  if (parts['week'] !== undefined)
    return dayOfWeek(year, numberOf(parts['week']), numberOf(parts['weekDay']));
  const [month, day] = [numberOf(parts['month']), numberOf(parts['day'])];
  return isDay(year, month, day) ? utc(year, month, day) : undefined;
}

function dayOfYear(year: number, day: number): number | undefined {
  const dayMs = utc(year, 1, day);
  return day >= 1 && dayMs < utc(year + 1, 1, 1) ? dayMs : undefined;
}

/** Week 1 has 4 January, and a week begins on Monday. A year has 52 or 53 weeks. */
function dayOfWeek(year: number, week: number, day: number): number | undefined {
  const first = mondayOfWeek1(year);
  const dayMs = first + ((week - 1) * 7 + day - 1) * DAY_MS;
  return week >= 1 && dayMs < mondayOfWeek1(year + 1) ? dayMs : undefined;
}

function mondayOfWeek1(year: number): number {
  const fourth = utc(year, 1, 4);
  return fourth - ((new Date(fourth).getUTCDay() + 6) % 7) * DAY_MS;
}

/** True when the calendar has this day; 30 February would otherwise pass for 2 March. */
function isDay(year: number, month: number, day: number): boolean {
  const date = new Date(utc(year, month, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

/** Midnight of a day. `Date.UTC` alone reads the years 0 to 99 as 1900 to 1999. */
function utc(year: number, month: number, day: number): number {
  return new Date(0).setUTCFullYear(year, month - 1, day);
}

function zoneOffsetMs(zone: string | undefined): number | undefined {
  if (zone === undefined || /^[a-z]/i.test(zone)) return 0;
  const digits = zone.replace(/\D/g, '');
  const [hours, minutes, seconds] = [0, 2, 4].map((from) => Number(digits.slice(from, from + 2) || 0));
  if (hours === undefined || minutes === undefined || seconds === undefined) return undefined;
  if (hours > 23 || minutes > 59 || seconds > 59) return undefined;
  return (zone.startsWith('+') ? 1 : -1) * (hours * 3_600 + minutes * 60 + seconds) * 1_000;
}
