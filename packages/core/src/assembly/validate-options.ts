// Early validation of options: validated once, when a plugin or receiver is configured, then frozen. A wrong option is
// an error at that line of the user's program, with path, value and expected value; the error never contains a secret.
import type { OptionsSchema, SchemaIssue, SchemaResult } from '../contracts/options-schema.ts';
import { isMillraceError } from '../errors/millrace-error.ts';
import { fieldsOfSchema, misplacedObjects } from '../options/fields-of-schema.ts';
import { describeValue, type OptionIssue, optionError } from '../options/option-error.ts';
import { formatPath } from '../options/option-path.ts';
import { isOptions } from '../options/is-options.ts';
import { notOptions } from '../options/not-options.ts';
import { unknownOption } from '../options/unknown-option.ts';
import { unreadableOptions } from '../options/unreadable-options.ts';
import { unreadablePart } from '../options/unreadable-part.ts';
import { isSecretName, redactText } from '../text/redact.ts';
import { frozenCopy, HIDDEN, printable, secretTexts } from './plain-data.ts';

/** The largest number of unknown names in one error. */
const UNKNOWN_NAMES_MAX = 20;

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
  const { owner, input = {} } = request;
  if (isObject(input) && !isOptions(input) && !isList(input)) throw notOptions(owner, input);
  try {
    return validated(request, input);
  } catch (thrown) {
    if (isMillraceError(thrown) || thrown instanceof AsynchronousSchemaError) throw thrown;
    throw unreadableOptions({
      owner,
      given: input,
      thrown,
      cleaned: cleanerOf(input, new Set(request.secrets)),
    });
  }
}

function validated<Input, Options>(
  { owner, schema, secrets: names }: OptionsRequest<Input, Options>,
  input: unknown,
): ValidatedOptions<Options> {
  const secrets = new Set(names);
  const [misplaced] = misplacedObjects(schema, input);
  if (misplaced !== undefined) throw notOptions(owner, valueAt(input, misplaced), formatPath(misplaced));
  const result = schema['~standard'].validate(input);
  if (isPending(result)) {
    // The outcome comes too late; an unhandled rejection would end the process.
    result.then(undefined, () => undefined);
    // A schema of zod that throws answers with a promise as well.
    const part = unreadablePart(input);
    if (part !== undefined) throw new Error(part.reason);
    throw new AsynchronousSchemaError(
      `the options schema of ${owner} returned a promise: options are validated synchronously, so a schema must not contain asynchronous checks`,
    );
  }
  if (result.issues !== undefined)
    throw optionError(owner, issuesOf(result.issues, { schema, input, secrets }));
  return { options: frozenCopy(result.value), printableOptions: printable(result.value, secrets) };
}

/** A fault of the plugin's author. */
class AsynchronousSchemaError extends TypeError {}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** A foreign schema may accept a list. */
function isList(value: object): boolean {
  try {
    return Array.isArray(value);
  } catch {
    return false;
  }
}

function isPending<T>(
  result: SchemaResult<T> | Promise<SchemaResult<T>>,
): result is Promise<SchemaResult<T>> {
  return 'then' in result && typeof result.then === 'function';
}

interface Validation {
  readonly schema: unknown;
  readonly input: unknown;
  readonly secrets: ReadonlySet<string>;
}

function issuesOf(issues: readonly SchemaIssue[], validation: Validation): readonly OptionIssue[] {
  const { input, secrets } = validation;
  const cleaned = cleanerOf(input, secrets);
  return issues.flatMap((issue): readonly OptionIssue[] => {
    const path = (issue.path ?? []).map((part) => (typeof part === 'object' ? part.key : part));
    const unknown = unknownNames(issue, path, validation);
    if (unknown.length > 0) return unknown;
    const isSecret = path.some((key) => secrets.has(String(key)) || isSecretName(String(key)));
    const got = cleaned(describeValue(valueAt(input, path)), HIDDEN);
    return [
      {
        path: formatPath(path),
        expected: cleaned(
          uncapitalised(issue.message),
          'not valid for its schema (the message of the schema contains a secret and is left out)',
        ),
        got: isSecret ? HIDDEN : got,
      },
    ];
  });
}

/**
 * Zod reports all unknown names in one issue at the containing object. Each name is reported at its own place here, as
 * elsewhere.
 */
function unknownNames(
  issue: SchemaIssue,
  path: readonly PropertyKey[],
  { schema, input, secrets }: Validation,
): readonly OptionIssue[] {
  const { code, keys } = issue as { readonly code?: unknown; readonly keys?: unknown };
  if (code !== 'unrecognized_keys' || !Array.isArray(keys)) return [];
  const cleaned = cleanerOf(input, secrets);
  return keys.slice(0, UNKNOWN_NAMES_MAX).map((key: unknown) => {
    const name = String(key);
    const value = valueAt(input, [...path, name]);
    const names = fieldsOfSchema(schema, path);
    const unknown = unknownOption({ path: formatPath([...path, name]), name, value, names });
    const isSecret = secrets.has(name) || isSecretName(name);
    return { ...unknown, got: isSecret ? HIDDEN : cleaned(unknown.got, HIDDEN) };
  });
}

/**
 * Removes secrets from a text: a part that looks like a secret is replaced, and a text that repeats a passed secret is
 * omitted.
 */
function cleanerOf(
  input: unknown,
  secrets: ReadonlySet<string>,
): (text: string, insteadOf?: string) => string {
  const hidden = secretTexts(input, secrets);
  return (text, instead = HIDDEN) =>
    hidden.some((secret) => text.includes(secret)) ? instead : redactText(text);
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  let value = input;
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Readonly<Record<PropertyKey, unknown>>)[key];
  }
  return value;
}

function uncapitalised(message: string): string {
  const trimmed = message.replace(/\.$/, '');
  return /^[A-Z][a-z]/.test(trimmed) ? trimmed.charAt(0).toLowerCase() + trimmed.slice(1) : trimmed;
}
