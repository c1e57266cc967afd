// The process's side of a command: a progress bar, and output that waits for a slow reader and notices a lost reader.
import type { Writable } from 'node:stream';
import type { Clock } from '@millrace/core';
import { escapeLines, takesControls } from '@millrace/core/engine';
import { Presets, SingleBar } from 'cli-progress';
import type { ReadProgress } from './command-context.ts';

/** Below this size, in bytes, reading ends before a bar would be visible. */
const BAR_BYTES_MIN = 64 * 1024 * 1024;

/** Writes to the stream; resolves when the text was accepted, or when no text is accepted any more. */
export type Write = (text: string) => Promise<void>;

/**
 * Writes to a stream of the process. When the reader is gone (`| head`), or the disk behind the stream is full,
 * `onFailed` is called once, and all later text is dropped. After each piece, a turn of the clock admits signals: the
 * process's own streams may write without such a turn, and Ctrl-C would wait for the end.
 */
export function writerTo(
  stream: Writable,
  clock: Clock,
  onFailed: (error: NodeJS.ErrnoException) => void,
): Write {
  let isFailed = false;
  stream.on('error', (error) => {
    if (!isFailed) onFailed(error);
    isFailed = true;
  });
  return async (text) => {
    if (isFailed) return;
    // An error is also emitted as an event, and is handled there. Payloads and names of files come from untrusted
    // sources: no escape sequence in either reaches the terminal.
    await new Promise<void>((resolve) => stream.write(escapeLines(text), () => resolve()));
    await clock.sleepFor(0);
  };
}

/** A bar on standard error; no bar when standard error is not a terminal or the work is short. */
export function readProgressBar(totalBytes: number): ReadProgress {
  const isSeen = process.stdout.isTTY && takesControls(process.stderr) && totalBytes >= BAR_BYTES_MIN;
  if (!isSeen) return { update: () => {}, end: () => {} };
  const format = '{bar} {percentage}% of {size} MiB, {duration_formatted}';
  const bar = new SingleBar(
    { format, linewrap: true, clearOnComplete: true, stopOnComplete: false, gracefulExit: false },
    Presets.shades_classic,
  );
  bar.start(totalBytes, 0, { size: Math.round(totalBytes / 1024 / 1024) });
  return { update: (bytes) => bar.update(Math.min(bytes, totalBytes)), end: () => bar.stop() };
}
