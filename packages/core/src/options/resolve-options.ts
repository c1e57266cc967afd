// Resolves options by a table: unknown names are refused, values are checked, defaults are filled in, and conflicting
// options are reported. All problems are reported at once.
import { isThenable } from '../assembly/is-thenable.ts';
import { nearestName } from './nearest-name.ts';
import { describeValue, type OptionIssue, optionError } from './option-error.ts';
import type { OptionRule, OptionTable } from './option-rules.ts';

/** The input of a resolution. */
export interface ResolveRequest<Options extends object> {
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

/** True when a value may hold options by name. Maps, dates, lists and promises have no options, and are refused. */
export function isOptions(value: unknown): value is Readonly<Record<string, unknown>> {
  try {
    return Object.prototype.toString.call(value) === '[object Object]' && !isThenable(value);
  } catch {
    return false;
  }
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
export function resolveOptions<Options extends object>(request: ResolveRequest<Options>): Readonly<Options> {
  const { owner, path = '', table, given, together } = request;
  const at = (name: string): string => (path === '' ? name : `${path}.${name}`);
  if (given !== undefined && !isOptions(given)) {
    throw optionError(owner, [
      { path, expected: 'expected an object of options', got: describeValue(given) },
    ]);
  }
  const rules = new Map(Object.entries<OptionRule<unknown>>(table));
  const issues: OptionIssue[] = [];
  const options: Record<string, unknown> = {};
  for (const [name, { fallback }] of rules) if (fallback !== undefined) options[name] = fallback;
  for (const [name, value] of Object.entries(given ?? {})) {
    const rule = rules.get(name);
    if (rule === undefined) issues.push(unknownOption(at(name), name, value, [...rules.keys()]));
    else if (value === undefined) continue;
    else if (rule.accepts(value)) options[name] = value;
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

function wrongValue(path: string, value: unknown, { expected, fallback }: OptionRule<unknown>): OptionIssue {
  const issue = { path, expected: `expected ${expected}`, got: describeValue(value) };
  return fallback === undefined ? issue : { ...issue, hint: `leave it out for ${describeValue(fallback)}` };
}

function unknownOption(path: string, name: string, value: unknown, names: readonly string[]): OptionIssue {
  const nearest = nearestName(name, names);
  return {
    path,
    expected: 'there is no such option',
    got: describeValue(value),
    hint: nearest === undefined ? `there are ${names.join(', ')}` : `did you mean ${nearest}?`,
  };
}
