// The words for an unknown option, with the similar known name.
import { nearestName } from './nearest-name.ts';
import { describeValue, type OptionIssue } from './option-error.ts';

/** An option whose name does not exist. */
export interface UnknownOption {
  readonly path: string;
  /** The last part of the path. */
  readonly name: string;
  readonly value: unknown;
  /** Names that exist at this place; none: no hint is given. */
  readonly names: readonly string[];
}

/** The issue of such an option. */
export function unknownOption({ path, name, value, names }: UnknownOption): OptionIssue {
  const issue = { path, expected: 'there is no such option', got: describeValue(value) };
  if (names.length === 0) return issue;
  const nearest = nearestName(name, names);
  return {
    ...issue,
    hint: nearest === undefined ? `there are ${names.join(', ')}` : `did you mean ${nearest}?`,
  };
}
