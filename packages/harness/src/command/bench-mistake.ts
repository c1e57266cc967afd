// The error for mistakes of the person who typed the command: the message alone is shown, without a stack.

/** A mistake in the command line, the config or the paths of a run, in words for the person who typed the command. */
export class BenchMistake extends Error {
  override readonly name = 'BenchMistake';
}
