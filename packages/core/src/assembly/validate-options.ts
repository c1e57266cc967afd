// Early validation of options: validated once, when a plugin or receiver is configured, then frozen. A wrong option is
// an error at that line of the user's program, with path, value and expected value; the error never contains a secret.
import type { OptionsSchema, SchemaIssue, SchemaResult } from '../contracts/options-schema.ts';
import { describeValue, type OptionIssue, optionError } from '../options/option-error.ts';
import { isSecretName, redactText } from '../text/redact.ts';
import { frozenCopy, HIDDEN, printable, secretTexts } from './plain-data.ts';

/** The input of a validation. */
export interface OptionsRequest<Input, Options> {
  /** The owner of the options, for instance `@millrace/wal`; messages name the owner. */
  readonly owner: string;
  readonly schema: OptionsSchema<Input, Options>;
  readonly secrets: readonly string[];
  /** The caller's argument; undefined counts as an empty object. */
  readonly input: unknown;
}

/** Valid options. */
export interface ValidatedOptions<Options> {
  /** The schema's output, copied and deeply frozen. */
  readonly options: Options;
  /** The same options for people, with secrets replaced by `'***'`. */
  readonly printableOptions: unknown;
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
    // The outcome comes too late; an unhandled rejection would end the process.
    result.then(undefined, () => undefined);
    throw new TypeError(
      `the options schema of ${owner} answered with a promise: options are validated synchronously, so it must not hold asynchronous checks`,
    );
  }
  if (result.issues !== undefined) throw optionError(owner, issuesOf(result.issues, input, secrets));
  return { options: frozenCopy(result.value), printableOptions: printable(result.value, secrets) };
}

function isPending<T>(
  result: SchemaResult<T> | Promise<SchemaResult<T>>,
): result is Promise<SchemaResult<T>> {
  return 'then' in result && typeof result.then === 'function';
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

function uncapitalised(message: string): string {
  const trimmed = message.replace(/\.$/, '');
  return /^[A-Z][a-z]/.test(trimmed) ? trimmed.charAt(0).toLowerCase() + trimmed.slice(1) : trimmed;
}
