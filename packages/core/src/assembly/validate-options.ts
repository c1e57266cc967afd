// Options at the door: validated once, when a plugin or receiver is configured, then frozen. A wrong option is an
// error at that line of the user's program, with its path, what came, and what is expected; a secret is never in it.
import { inspect } from 'node:util';
import type { OptionsSchema, SchemaIssue, SchemaResult } from '../contracts/options-schema.ts';
import { coreError } from '../errors/core-errors.ts';
import type { MillraceError } from '../errors/millrace-error.ts';
import { isSecretName, redactText } from '../text/redact.ts';
import { frozenCopy, HIDDEN, printable, secretTexts } from './plain-data.ts';

/** What to validate. */
export interface OptionsRequest<Input, Options> {
  /** Whose options they are, for instance `@millrace/wal`; messages name it. */
  readonly owner: string;
  readonly schema: OptionsSchema<Input, Options>;
  readonly secrets: readonly string[];
  /** What the caller gave; undefined counts as an empty object. */
  readonly input: unknown;
}

/** Options that hold. */
export interface ValidatedOptions<Options> {
  /** The schema's output, copied and deeply frozen. */
  readonly options: Options;
  /** The same for people, with secrets replaced by `'***'`. */
  readonly printableOptions: unknown;
}

/** One wrong option, as found in `details.issues` of `MR_CONFIG_INVALID_OPTION`. */
interface OptionIssue {
  /** For instance `segments[2].sizeBytes`; empty when it is about the options as a whole. */
  readonly path: string;
  /** What the schema says about it. */
  readonly expected: string;
  /** What came, in words; `'***'` when it is secret. */
  readonly got: string;
}

/**
 * Validates options through their schema.
 *
 * @throws `MR_CONFIG_INVALID_OPTION` with every wrong option; `TypeError` when the schema answers with a promise.
 */
export function validateOptions<Input, Options>(
  request: OptionsRequest<Input, Options>,
): ValidatedOptions<Options> {
  const { owner, schema } = request;
  const input = request.input === undefined ? {} : request.input;
  const secrets = new Set(request.secrets);
  const result = schema['~standard'].validate(input);
  if (isPending(result)) {
    // Whatever it settles to comes too late to matter; unobserved, a rejection would end the process.
    result.then(undefined, () => undefined);
    throw new TypeError(
      `the options schema of ${owner} answered with a promise: options are validated synchronously, so it must not hold asynchronous checks`,
    );
  }
  if (result.issues !== undefined) throw invalidOption(owner, issuesOf(result.issues, input, secrets));
  return { options: frozenCopy(result.value), printableOptions: printable(result.value, secrets) };
}

function isPending<T>(
  result: SchemaResult<T> | Promise<SchemaResult<T>>,
): result is Promise<SchemaResult<T>> {
  return 'then' in result && typeof result.then === 'function';
}

function invalidOption(owner: string, issues: readonly OptionIssue[]): MillraceError {
  const lines = issues.map(({ path, expected, got }) => {
    const where = path === '' ? 'the options' : `option ${path}`;
    return `${where}: ${expected}, got ${got}`;
  });
  const message = lines.length === 1 ? ` ${lines[0]}` : lines.map((line) => `\n  - ${line}`).join('');
  return coreError('MR_CONFIG_INVALID_OPTION', `${owner} does not accept${message}`, {
    details: { owner, issues },
  });
}

function issuesOf(
  issues: readonly SchemaIssue[],
  input: unknown,
  secrets: ReadonlySet<string>,
): readonly OptionIssue[] {
  const hidden = secretTexts(input, secrets);
  const showsSecret = (text: string) => hidden.some((secret) => text.includes(secret));
  return issues.map((issue) => {
    const path = (issue.path ?? []).map((part) => (typeof part === 'object' ? part.key : part));
    const isSecret = path.some((key) => secrets.has(String(key)) || isSecretName(String(key)));
    const got = describeValue(valueAt(input, path));
    return {
      path: formatPath(path),
      expected: showsSecret(issue.message)
        ? 'not what its schema expects (whose own words are left out, they repeat a secret)'
        : redactText(uncapitalised(issue.message)),
      got: isSecret || showsSecret(got) ? HIDDEN : redactText(got),
    };
  });
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  let value = input;
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Readonly<Record<PropertyKey, unknown>>)[key];
  }
  return value;
}

function formatPath(path: readonly PropertyKey[]): string {
  return path
    .map((key, index) => (typeof key === 'number' ? `[${key}]` : `${index === 0 ? '' : '.'}${String(key)}`))
    .join('');
}

const SHOWN_CHARACTERS_MAX = 80;

/** Scalars as they are, anything larger by its outline: a message is no place for a dump. */
function describeValue(value: unknown): string {
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
  const keys = Object.keys(value);
  if (keys.length === 0) return 'an empty object';
  return `an object with ${keys.slice(0, 10).join(', ')}${keys.length > 10 ? ', …' : ''}`;
}

function uncapitalised(message: string): string {
  const trimmed = message.replace(/\.$/, '');
  return /^[A-Z][a-z]/.test(trimmed) ? trimmed.charAt(0).toLowerCase() + trimmed.slice(1) : trimmed;
}
