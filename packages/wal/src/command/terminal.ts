// The process's side of a command: output that waits while the reader is slow and notices when it went away, and a bar.
import type { Writable } from 'node:stream';
import type { Clock } from '@millrace/core';
import { escapeLines } from '@millrace/core/engine';
import { Presets, SingleBar } from 'cli-progress';
import type { Progress } from './command-context.ts';

/** Below this size, in bytes, reading is over before a bar would be seen. */
const BAR_BYTES_MIN = 64 * 1024 * 1024;

/** A function that writes to the stream and resolves when it was taken, or when nobody takes it any more. */
export type Write = (text: string) => Promise<void>;

/**
 * Writes to a stream of the process. When its reader is gone (`| head`), or the disk behind it is full, `onFailed` is
 * told, once, and everything later goes nowhere. After each piece, a turn of the clock lets signals come through: the
 * process's own streams may write without one, and Ctrl-C would wait for the end.
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
    // An error comes as an event as well, which is where it is handled.
    // Payloads and names of files come from strangers: no sequence of theirs reaches the terminal.
    await new Promise<void>((resolve) => stream.write(escapeLines(text), () => resolve()));
    await clock.sleepFor(0);
  };
}

/** A bar on standard error, or none where it would not be seen. */
export function progressBar(totalBytes: number): Progress {
  const isSeen = process.stdout.isTTY && process.stderr.isTTY && totalBytes >= BAR_BYTES_MIN;
  if (!isSeen) return { update: () => {}, end: () => {} };
  const format = '{bar} {percentage}% of {size} MiB, {duration_formatted}';
  const bar = new SingleBar(
    { format, hideCursor: true, clearOnComplete: true, stopOnComplete: false, gracefulExit: false },
    Presets.shades_classic,
  );
  bar.start(totalBytes, 0, { size: Math.round(totalBytes / 1024 / 1024) });
  return { update: (bytes) => bar.update(Math.min(bytes, totalBytes)), end: () => bar.stop() };
}
