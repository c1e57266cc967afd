// The replayed part of the file, as a bar below the tables. A pipe, a log, a dumb terminal and a user with NO_COLOR get no
// bar. The cursor stays visible and long lines are wrapped as before, also after a kill -9.
import { clearLine, cursorTo } from 'node:readline';
import { takesControls } from '@millrace/core/engine';
import { Presets, SingleBar } from 'cli-progress';

/** A progress bar with tables printed above. */
export interface Progress {
  /** Prints text on standard output, above the bar. */
  print(text: string): void;
  /** Prints a message on standard error, above the bar. */
  tell(text: string): void;
  /** Moves the bar. */
  update(records: number): void;
  /** Leaves the bar unchanged and releases the terminal. */
  end(): void;
}

/** The width of the text beside the bar. */
const TEXT_WIDTH = 38;

/** A bar for `total` records, or none when the output is not a terminal. */
export function progressOf(total: number): Progress {
  const print = (text: string): void => void process.stdout.write(`${text}\n`);
  const { stdout, stderr } = process;
  const tell = (text: string): void => void stderr.write(`${text}\n`);
  if (!stdout.isTTY || !takesControls(stderr)) return { print, tell, update: () => {}, end: () => {} };
  const bar = new SingleBar(
    {
      format: '{bar} {percentage}% of {total} flights, {duration_formatted}',
      barsize: Math.max(10, Math.min(40, stderr.columns - TEXT_WIDTH)),
      linewrap: true,
      stopOnComplete: false,
      gracefulExit: false,
    },
    Presets.shades_classic,
  );
  bar.start(total, 0);
  const aboveBar = (write: (text: string) => void) => (text: string) => {
    cursorTo(stderr, 0);
    clearLine(stderr, 0);
    write(text);
  };
  return {
    print: aboveBar(print),
    tell: (text) => {
      aboveBar(tell)(text);
      bar.render();
    },
    update: (records) => {
      bar.update(records);
      bar.render();
    },
    end: () => {
      // The bar returns to the saved position of the cursor: otherwise to the position of the first drawing.
      stderr.write('\u001B7');
      bar.stop();
    },
  };
}
