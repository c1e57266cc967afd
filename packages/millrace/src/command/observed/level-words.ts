// The verdict in the words and figures of a command.
import type { Finding, Verdict, VerdictLevel } from '@millrace/observe';
import { type CommandExitCode, EXIT_CODES } from '../command-surroundings.ts';
import { timeOfDay } from '../text/figures.ts';

/** A level as the first words of a line. */
export const LEVEL_WORDS: Readonly<Record<VerdictLevel, string>> = {
  failed: 'FAILED',
  behind: 'BEHIND',
  limited: 'LIMITED',
  warning: 'WARNING',
  good: 'GOOD',
};

const CODES: Readonly<Record<VerdictLevel, CommandExitCode>> = {
  failed: EXIT_CODES.failed,
  behind: EXIT_CODES.negative,
  limited: EXIT_CODES.done,
  warning: EXIT_CODES.done,
  good: EXIT_CODES.done,
};

/** The exit code of an engine: 0 keeping up, 1 behind, 2 failed. */
export function exitCodeOf({ level }: Verdict): CommandExitCode {
  return Object.hasOwn(CODES, level) ? CODES[level] : EXIT_CODES.failed;
}

/** A finding in one text: `BEHIND since 12:03:01 UTC: Falling behind …`. */
export function findingText({ level, words, sinceMs }: Finding): string {
  const since = level === 'good' ? '' : ` since ${timeOfDay(sinceMs)} UTC`;
  return `${LEVEL_WORDS[level] ?? level}${since}: ${words}`;
}
