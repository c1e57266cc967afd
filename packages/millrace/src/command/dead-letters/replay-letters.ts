// `millrace dead-letters replay DIR`: delivers the records of dead letters to a URL or to standard output.
import { deliverToStream, deliverToUrl, replayDeadLetters } from '@millrace/sink-files';
import { type CommandExitCode, type CommandSurroundings, EXIT_CODES } from '../command-surroundings.ts';
import type { SelectedLetters } from './list-dead-letters.ts';

/** The options of `dead-letters replay`. */
export interface ReplayLettersOptions {
  readonly directory: string;
  /** The destination. Undefined: standard output. */
  readonly url: string | undefined;
  /** Further headers of the requests. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** The environment variable with the bearer token, so that no token is in the list of processes. */
  readonly tokenVariable: string | undefined;
  /** The largest number of records of one delivery. */
  readonly batch: number;
  /** True: also records that were replayed before. */
  readonly again: boolean;
  /** The report as JSON. */
  readonly json: boolean;
  readonly selected: SelectedLetters;
}

/**
 * Replays. The exit code is 1 when letters stay that no replay can deliver. The report goes to standard output with a URL,
 * otherwise to standard error, since standard output then has the records.
 *
 * @throws `MR_SINK_FILES_REPLAY_REFUSED`, `MR_STORAGE_LOCKED` during another replay, any error of the storage.
 */
export async function replayLetters(
  surroundings: CommandSurroundings,
  options: ReplayLettersOptions,
): Promise<CommandExitCode> {
  const { storage, signal, write, warn, output } = surroundings;
  const { directory, url, batch, again, json, selected } = options;
  const headers = url === undefined ? undefined : headersOf(surroundings, options);
  if (typeof headers === 'string') {
    warn(`${headers}\n`);
    return EXIT_CODES.failed;
  }
  const deliver = url === undefined ? deliverToStream(output) : deliverToUrl(url, { headers: headers ?? {} });
  const report = await replayDeadLetters(directory, deliver, {
    ...selected,
    storage,
    signal,
    again,
    recordsPerDelivery: batch,
  });
  const { replayed, before, notReplayable } = report;
  const text = json
    ? JSON.stringify(report)
    : `${replayed} replayed, ${before} replayed before, ${notReplayable} not replayable`;
  (url === undefined ? warn : write)(`${text}\n`);
  return notReplayable === 0 ? EXIT_CODES.done : EXIT_CODES.negative;
}

/** The headers; a text is the mistake. */
function headersOf(
  { environment }: CommandSurroundings,
  { headers, tokenVariable }: ReplayLettersOptions,
): Readonly<Record<string, string>> | string {
  const given = Object.fromEntries(headers);
  if (tokenVariable === undefined) return given;
  const token = environment[tokenVariable];
  return token === undefined || token === ''
    ? `expected a token in the environment variable ${tokenVariable}, got none`
    : { ...given, authorization: `Bearer ${token}` };
}
