// Whether a stream may receive control sequences: positions of the cursor, cleared lines, colours. Used by progress bars
// and coloured lines.

/** The part of a stream that decides. */
export interface MaybeTerminal {
  /** True for a terminal; absent for a pipe or a file. */
  readonly isTTY?: boolean | undefined;
}

/**
 * True for a terminal that understands control sequences, unless the user refuses such sequences: `TERM=dumb`, or a
 * `NO_COLOR` that is not empty (https://no-color.org).
 *
 * @param environment Default: the environment of the process.
 */
export function takesControls(
  stream: MaybeTerminal,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): boolean {
  return stream.isTTY === true && environment['TERM'] !== 'dumb' && (environment['NO_COLOR'] ?? '') === '';
}
