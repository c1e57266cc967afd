// The replayed part of the file, as a bar below the tables. A pipe or a log gets no bar.
import { clearLine, cursorTo } from 'node:readline';
import { Presets, SingleBar } from 'cli-progress';

/** A progress bar with tables printed above. */
export interface Progress {
  /** Prints text on standard output, above the bar. */
  print(text: string): void;
  /** Moves the bar. */
  update(records: number): void;
  /** Leaves the bar unchanged and releases the terminal. */
  end(): void;
}

/** A bar for `total` records, or none when the output is not a terminal. */
export function progressOf(total: number): Progress {
  const print = (text: string): void => void process.stdout.write(`${text}\n`);
  if (!process.stdout.isTTY || !process.stderr.isTTY) return { print, update: () => {}, end: () => {} };
  const bar = new SingleBar(
    {
      format: '{bar} {percentage}% of {total} flights, {duration_formatted}',
      hideCursor: true,
      stopOnComplete: false,
      gracefulExit: false,
    },
    Presets.shades_classic,
  );
  bar.start(total, 0);
  return {
    print: (text) => {
      cursorTo(process.stderr, 0);
      clearLine(process.stderr, 0);
      print(text);
    },
    update: (records) => {
      bar.update(records);
      bar.render();
    },
    end: () => {
      // The bar returns to the saved position of the cursor: otherwise to the position of the first drawing.
      process.stderr.write('\u001B7');
      bar.stop();
    },
  };
}
