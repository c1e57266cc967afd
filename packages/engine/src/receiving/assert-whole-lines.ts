// Text as bytes that receivers store: whole lines, and their number.

const LINE_FEED = 10;

/** @throws TypeError unless the bytes are whole lines and can be `lineCount` of them. */
export function assertWholeLines(lines: Uint8Array, lineCount: number): void {
  if (!Number.isSafeInteger(lineCount) || lineCount < 1) {
    throw new TypeError(`storeText needs whole lines and their number, at least 1, got ${String(lineCount)}`);
  }
  // A line without its end would be joined with the next line, and no line is shorter than its end.
  if (lines.at(-1) !== LINE_FEED || lineCount > lines.byteLength) {
    throw new TypeError(
      `storeText needs whole lines, each ended by \\n, got ${lines.byteLength} bytes for ${lineCount} lines`,
    );
  }
}
