// Resolves options by a table: unknown names are refused, values are checked, defaults are filled in, and conflicting
// options are reported. All problems are reported at once.
import { isMillraceError } from '../errors/millrace-error.ts';
import { isOptions } from './is-options.ts';
import { notOptions } from './not-options.ts';
import { describeValue, type OptionIssue, optionError } from './option-error.ts';
import type { OptionRule, OptionTable } from './option-rules.ts';
import { unknownOption } from './unknown-option.ts';
import { unreadableOptions } from './unreadable-options.ts';

/** The input of a resolution. */
export interface ResolveOptionsRequest<Options extends object> {
  /** The owner of the options, for instance `StreamingContext`; messages name the owner. */
  readonly owner: string;
  /**
   * The place of these options among the owner's options, for instance `receiving`. Default: the options are complete.
   */
  readonly path?: string;
  readonly table: OptionTable<Options>;
  /** The caller's argument. Undefined counts as an empty object, and an undefined option as left out. */
  readonly given: unknown;
  /** Conflicts between options that are each valid. Called only for valid options. */
  readonly together?: (options: Options) => readonly Mismatch<Options>[];
}

/** An option in conflict with another option. */
export interface Mismatch<Options extends object> {
  readonly name: keyof Options & string;
  /** For instance `at least minRestartDelayMs, 2000`. */
  readonly expected: string;
}

/**
 * The options, complete and frozen.
 *
 * @throws `MR_CONFIG_INVALID_OPTION` with every wrong option, see `optionError`.
 */
export function resolveOptions<Options extends object>(
  request: ResolveOptionsRequest<Options>,
): Readonly<Options> {
  const { owner, path = '', given } = request;
  if (given !== undefined && !isOptions(given)) throw notOptions(owner, given, path);
  try {
    return resolved(request, given);
  } catch (thrown) {
    if (isMillraceError(thrown)) throw thrown;
    throw unreadableOptions({ owner, path, given, thrown });
  }
}

function resolved<Options extends object>(
  request: ResolveOptionsRequest<Options>,
  given: Readonly<Record<string, unknown>> | undefined,
): Readonly<Options> {
  const { owner, path = '', table, together } = request;
  const at = (name: string): string => (path === '' ? name : `${path}.${name}`);
  const rules = new Map(Object.entries<OptionRule<unknown>>(table));
  const issues: OptionIssue[] = [];
  const options: Record<string, unknown> = {};
  for (const [name, { fallback }] of rules) if (fallback !== undefined) options[name] = fallback;
  for (const [name, value] of Object.entries(given ?? {})) {
    const rule = rules.get(name);
    if (rule === undefined)
      issues.push(unknownOption({ path: at(name), name, value, names: [...rules.keys()] }));
    else if (value === undefined) continue;
    else if (isAccepted(rule, value)) options[name] = value;
    else issues.push(wrongValue(at(name), value, rule));
  }
  for (const [name, rule] of rules) {
    const isGiven = given?.[name] !== undefined;
    if (rule.isRequired === true && !isGiven) issues.push(wrongValue(at(name), undefined, rule));
  }
  if (issues.length > 0) throw optionError(owner, issues);
  const complete = options as Options;
  const mismatches = together?.(complete) ?? [];
  if (mismatches.length === 0) return Object.freeze(complete);
  throw optionError(
    owner,
    mismatches.map(({ name, expected }) => ({
      path: at(name),
      expected: `expected ${expected}`,
      got: describeValue(complete[name]),
    })),
  );
}

/** A value that throws when a rule looks at the value is a wrong one. */
function isAccepted({ accepts }: OptionRule<unknown>, value: unknown): boolean {
  try {
    return accepts(value);
  } catch {
    return false;
  }
}

function wrongValue(path: string, value: unknown, { expected, fallback }: OptionRule<unknown>): OptionIssue {
  const issue = { path, expected: `expected ${expected}`, got: describeValue(value) };
  return fallback === undefined ? issue : { ...issue, hint: `leave it out for ${describeValue(fallback)}` };
}
