// The levels of log lines, and the level that the environment of the process asks for.
import { describeValue, optionError } from '../options/option-error.ts';
import { oneOf } from '../options/option-rules.ts';

/** From all lines to none. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** The rule of a level. */
export const logLevelRule = oneOf<LogLevel>(['debug', 'info', 'warn', 'error', 'silent']);

const VARIABLE = 'MILLRACE_LOG_LEVEL';

/**
 * The level in `MILLRACE_LOG_LEVEL`, in upper or lower case; undefined when the variable is unset or empty.
 *
 * @throws `MR_CONFIG_INVALID_OPTION` for any other value.
 */
export function environmentLogLevel(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): LogLevel | undefined {
  const given = environment[VARIABLE]?.trim();
  if (given === undefined || given === '') return undefined;
  const level = given.toLowerCase();
  if (logLevelRule.accepts(level)) return level as LogLevel;
  throw optionError('the environment', [
    { path: VARIABLE, expected: `expected ${logLevelRule.expected}`, got: describeValue(given) },
  ]);
}
