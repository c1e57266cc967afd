// The end of the first line of a CSV file, which determines the line end of the whole file. A line end inside a quoted
// field does not count, and a quote inside a plain field opens nothing.
import type { CsvLayout } from './csv-layout.ts';

const [LINE_FEED, CARRIAGE_RETURN, SPACE, TAB] = [0x0a, 0x0d, 0x20, 0x09];
const BYTE_ORDER_MARK = Buffer.of(0xef, 0xbb, 0xbf);

type ScanState = 'field start' | 'plain' | 'quoted' | 'quote in quoted';

/** The place of the first `\n` or `\r` outside of quotes; below 0 without one. */
export function firstLineEnd(
  bytes: Uint8Array,
  { delimiter, quote = '"', trim = false }: Pick<CsvLayout, 'delimiter' | 'quote' | 'trim'>,
): number {
  const between = Buffer.from(delimiter);
  const around = Buffer.from(quote);
  // Only the library searches for a quote of several bytes.
  const quoteByte = quote === 'none' || around.length > 1 ? undefined : around[0];
  let state: ScanState = 'field start';
  for (let at = BYTE_ORDER_MARK.equals(bytes.subarray(0, 3)) ? 3 : 0; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (state === 'quoted') {
      if (byte === quoteByte) state = 'quote in quoted';
    } else if (byte === quoteByte && state !== 'plain') {
      state = 'quoted';
    } else if (byte === LINE_FEED || byte === CARRIAGE_RETURN) {
      return at;
    } else if (between.equals(bytes.subarray(at + 1 - between.length, at + 1))) {
      state = 'field start';
    } else if (!(trim && state === 'field start' && (byte === SPACE || byte === TAB))) {
      state = 'plain';
    }
  }
  return -1;
}
