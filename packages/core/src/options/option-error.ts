// The single error for a wrong option, from any check: the code, the owner, the path, the value, the expected value,
// and a hint.
import { inspect } from 'node:util';
import { coreError } from '../errors/core-errors.ts';
import type { MillraceError } from '../errors/millrace-error.ts';
import { shortened } from '../errors/thrown-value.ts';
import { escapeControls } from '../text/escape-controls.ts';

/** Characters of a path or of words that are kept: names of unknown options are as long as the caller wants. */
const WORDS_CHARACTERS_MAX = 500;

/** The number of reported issues; the first issues are sufficient for a correction. */
const ISSUES_MAX = 20;

/** The hint for options that throw, or that hold no values by name. */
export const HINT_PLAIN_DATA = 'give a plain object: { name: value }';

/** One wrong option, as in `details.issues` of `MR_CONFIG_INVALID_OPTION`. */
export interface OptionIssue {
  /** For instance `segments[2].sizeBytes`; empty for an issue of the options as a whole. */
  readonly path: string;
  /** The expected value, in words. */
  readonly expected: string;
  /** The actual value, in words; `'***'` for a secret. */
  readonly got: string;
  /** A suggestion, for instance the probably intended name. */
  readonly hint?: string;
}

/**
 * `MR_CONFIG_INVALID_OPTION` with every wrong option. `details` are `owner` and `issues`, and of the first issue
 * `path`, `value` (the actual value, in words), `expected` and `hint`.
 *
 * @param owner The owner of the options, for instance `StreamingContext`.
 */
export function optionError(owner: string, given: readonly OptionIssue[]): MillraceError {
  const issues = given.slice(0, ISSUES_MAX).map(printableIssue);
  const lines = issues.map(({ path, expected, got, hint }) => {
    const where = path === '' ? 'the options' : `option ${path}`;
    return `${where}: ${expected}, got ${got}${hint === undefined ? '' : `; ${hint}`}`;
  });
  if (given.length > ISSUES_MAX) lines.push(`and ${given.length - ISSUES_MAX} more`);
  const message = lines.length === 1 ? ` ${lines[0]}` : lines.map((line) => `\n  - ${line}`).join('');
  const [first] = issues;
  const details = first && {
    path: first.path,
    value: first.got,
    expected: first.expected,
    ...(first.hint === undefined ? {} : { hint: first.hint }),
  };
  return coreError('MR_CONFIG_INVALID_OPTION', `${owner} does not accept${message}`, {
    details: { owner, ...details, issues },
  });
}

/** Names and words come from the caller too: neither may forge a line or fill the screen. */
function printableIssue({ path, expected, got, hint }: OptionIssue): OptionIssue {
  const clean = (text: string): string => escapeControls(shortened(text, WORDS_CHARACTERS_MAX));
  const issue = { path: clean(path), expected: clean(expected), got: clean(got) };
  return hint === undefined ? issue : { ...issue, hint: clean(hint) };
}

const SHOWN_CHARACTERS_MAX = 80;

/**
 * A value in words: scalars literally, any larger value by its outline. A message is not a place for a dump. Never
 * throws.
 */
export function describeValue(value: unknown): string {
  try {
    return described(value);
  } catch {
    return 'an object that throws on inspection';
  }
}

function described(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (typeof value === 'string') {
    const cut = value.length > SHOWN_CHARACTERS_MAX;
    return JSON.stringify(cut ? `${value.slice(0, SHOWN_CHARACTERS_MAX)}…` : value);
  }
  if (typeof value === 'function') return 'a function';
  if (Array.isArray(value)) return `an array of ${value.length}`;
  return typeof value === 'object' ? describeObject(value) : inspect(value);
}

function describeObject(value: object): string {
  const kind = Object.prototype.toString.call(value).slice('[object '.length, -1);
  if (kind !== 'Object') return `an object of type ${kind}`;
  const keys = Object.keys(value);
  if (keys.length === 0) return 'an empty object';
  return `an object with ${keys.slice(0, 10).join(', ')}${keys.length > 10 ? ', …' : ''}`;
}
