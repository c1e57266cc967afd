// Whether a stream may receive control sequences: positions of the cursor, cleared lines, colours. Used by progress bars
// and coloured lines.

/** The part of a stream that decides. */
export interface MaybeTerminal {
  /** True for a terminal; absent for a pipe or a file. */
  readonly isTTY?: boolean | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * True for a terminal that understands control sequences, unless the user refuses such sequences (`admitsControls`).
 *
 * @param environment Default: the environment of the process.
 */
export function takesControls(stream: MaybeTerminal, environment: Environment = process.env): boolean {
  return stream.isTTY === true && admitsControls(environment);
}

/** False for `TERM=dumb`, and for a `NO_COLOR` that is not empty (https://no-color.org). */
export function admitsControls(
  { TERM: terminal, NO_COLOR: noColor = '' }: Environment = process.env,
): boolean {
  return terminal !== 'dumb' && noColor === '';
}
