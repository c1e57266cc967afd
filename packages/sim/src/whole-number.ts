// Numbers of command lines.
import { InvalidArgumentError } from 'commander';

/** Reads a whole number from 1 up. @throws `InvalidArgumentError`. */
export function wholeNumber(value: string): number {
  const number = Number(value);
  if (Number.isSafeInteger(number) && number >= 1) return number;
  throw new InvalidArgumentError('expected a whole number, at least 1.');
}
