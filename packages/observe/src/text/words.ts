// Numbers, lengths of time and names in the sentences of verdict and health.
import { cutText } from './cut-text.ts';

/** The bound on texts of others inside a sentence, in characters. */
const QUOTED_MAX = 300;

/** An amount, for instance `4,200`. */
export function amountText(amount: number): string {
  return Math.round(amount).toLocaleString('en-US');
}

/** A noun with its number, for instance `1 batch` or `4,200 batches`. */
export function countText(count: number, one: string, many = `${one}s`): string {
  return `${amountText(count)} ${Math.round(count) === 1 ? one : many}`;
}

/** A part of a whole, for instance `38 %`. */
export function percentText(part: number): string {
  return `${Math.round(100 * part)} %`;
}

/** A length of time for people, for instance `20 ms`, `0.7 s`, `12 s`, `14 min` or `3 h`. */
export function lengthText(ms: number): string {
  if (ms < 99.5) return `${Math.round(ms)} ms`;
  if (ms < 9_950) return `${Math.round(ms / 100) / 10} s`;
  if (ms < 119_500) return `${Math.round(ms / 1_000)} s`;
  return ms < 7_200_000 ? `${Math.round(ms / 60_000)} min` : `${Math.round(ms / 3_600_000)} h`;
}

/** The time of a batch or an event, for instance `12:03:10`, or `12:03` without seconds. */
export function timeText(timeMs: number, timeZone: string | undefined, hasSeconds = true): string {
  return formatOf(timeZone, hasSeconds).format(timeMs);
}

/** A name inside a sentence. */
export function quoted(name: string): string {
  return `\`${name.replaceAll('`', "'")}\``;
}

/** A message of an error as the end of a sentence: one line, with a full stop. */
export function messageText(message: string): string {
  const line = cutText(message.trim(), QUOTED_MAX);
  return /[.!?…]$/.test(line) ? line : `${line}.`;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Formats are expensive to make. */
function formatOf(timeZone: string | undefined, hasSeconds: boolean): Intl.DateTimeFormat {
  const key = `${timeZone ?? ''} ${hasSeconds}`;
  const known = formats.get(key);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat('en-GB', {
    hour: '2-digit',
    minute: '2-digit',
    ...(hasSeconds ? { second: '2-digit' } : {}),
    hourCycle: 'h23',
    ...(timeZone === undefined ? {} : { timeZone }),
  });
  formats.set(key, format);
  return format;
}
