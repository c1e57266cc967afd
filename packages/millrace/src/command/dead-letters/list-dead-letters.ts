// `millrace dead-letters list DIR`: one line for each letter, oldest batch first.
import { escapeControls } from '@millrace/core/engine';
import { type ReadDeadLettersOptions, readDeadLetters, type StoredDeadLetter } from '@millrace/sink-files';
import { type CommandExitCode, type CommandSurroundings, EXIT_CODES } from '../command-surroundings.ts';

/** The letters that a command works on. */
export type SelectedLetters = Pick<ReadDeadLettersOptions, 'stream' | 'from' | 'to' | 'prefix' | 'suffix'>;

/** The options of `dead-letters list`. */
export interface ListLettersOptions {
  readonly directory: string;
  /** The largest number of letters. Default: all. */
  readonly limit: number | undefined;
  /** One JSON object a line. */
  readonly json: boolean;
  readonly selected: SelectedLetters;
}

/** The longest record in a line for people, in characters. */
const RECORD_MAX = 200;

/** Prints the letters. @throws any error of the storage, and `MR_SINK_FILES_NO_LETTER`. */
export async function listDeadLetters(
  { storage, signal, write }: CommandSurroundings,
  { directory, limit = Infinity, json, selected }: ListLettersOptions,
): Promise<CommandExitCode> {
  let count = 0;
  let replayed = 0;
  for await (const stored of readDeadLetters(directory, { ...selected, storage })) {
    signal.throwIfAborted();
    if (count === limit) break;
    count += 1;
    if (stored.isReplayed) replayed += 1;
    write(`${json ? JSON.stringify(stored) : lineOf(stored)}\n`);
  }
  const isAll = count < limit;
  if (!json)
    write(
      `${count} ${count === 1 ? 'dead letter' : 'dead letters'}${isAll ? '' : ' shown'}, ${replayed} replayed\n`,
    );
  return EXIT_CODES.done;
}

function lineOf({ letter, isReplayed }: StoredDeadLetter): string {
  const { batchTime, stream, operator, reason, record, recordForm } = letter;
  const short = record.length > RECORD_MAX ? `${record.slice(0, RECORD_MAX).toWellFormed()}…` : record;
  const shown = recordForm === 'json' ? short : `(${recordForm}) ${short}`;
  const line = `${new Date(batchTime).toISOString()} ${stream} ${operator}: ${reason}: ${shown}`;
  return escapeControls(isReplayed ? `${line} (replayed)` : line);
}
