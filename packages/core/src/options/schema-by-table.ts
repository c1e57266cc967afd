// A schema for options by a table of rules: for receivers, sinks and plugins, whose options are validated through Standard
// Schema. A rule with a shape holds options of its own.
import type { OptionsSchema, SchemaIssue, SchemaResult } from '../contracts/options-schema.ts';
import { isOptions } from './is-options.ts';
import type { OptionRule, OptionTable } from './option-rules.ts';
import type { Mismatch } from './resolve-options.ts';

/** A schema with its rules, which also give the names for hints. */
export interface TableSchema<Input, Options extends object> extends OptionsSchema<Input, Options> {
  /** The rules. */
  readonly shape: OptionTable<Options>;
  /**
   * The options with every default filled in.
   *
   * @throws TypeError for wrong options; `validateOptions` gives errors for people.
   */
  readonly parse: (input: unknown) => Options;
}

/**
 * A schema by rules. Undefined counts as left out.
 *
 * @param together Conflicts between options that are each valid. Called only for valid options.
 */
export function schemaByTable<Input extends object, Options extends object>(
  shape: OptionTable<Options>,
  together: (options: Options) => readonly Mismatch<Options>[] = () => [],
): TableSchema<Input, Options> {
  const validate = (value: unknown): SchemaResult<Options> => {
    const issues: SchemaIssue[] = [];
    const options = optionsOf({ shape, value, path: [] }, issues) as Options;
    if (issues.length > 0) return { issues };
    const conflicts = together(options).map(({ name, expected }) => ({
      message: `expected ${expected}`,
      path: [name],
    }));
    return conflicts.length > 0 ? { issues: conflicts } : { value: options };
  };
  const parse = (input: unknown): Options => {
    const result = validate(input);
    if (result.issues === undefined) return result.value;
    throw new TypeError(JSON.stringify(result.issues));
  };
  return { shape, parse, '~standard': { version: 1, vendor: 'millrace', validate } };
}

type Rules = Readonly<Record<string, OptionRule<unknown>>>;

interface Place {
  readonly shape: Rules;
  readonly value: unknown;
  readonly path: readonly string[];
}

function optionsOf({ shape, value, path }: Place, issues: SchemaIssue[]): object {
  if (!isOptions(value)) {
    issues.push({ message: 'expected an object of options', path });
    return {};
  }
  const unknown = Object.keys(value).filter((name) => !Object.hasOwn(shape, name));
  // The issue of zod for unknown names, which `validateOptions` divides by name.
  if (unknown.length > 0) issues.push(unknownNames(path, unknown));
  const options: Record<string, unknown> = {};
  for (const [name, rule] of Object.entries(shape)) {
    const given = value[name];
    if (given === undefined) {
      if (rule.isRequired === true) issues.push(wrongValue(rule, [...path, name]));
      else if (rule.fallback !== undefined) options[name] = rule.fallback;
    } else if (rule.shape !== undefined) {
      options[name] = optionsOf({ shape: rule.shape, value: given, path: [...path, name] }, issues);
      if (!rule.accepts(given)) issues.push(wrongValue(rule, [...path, name]));
    } else if (rule.accepts(given)) options[name] = given;
    else issues.push(wrongValue(rule, [...path, name]));
  }
  return options;
}

function unknownNames(path: readonly string[], keys: readonly string[]): SchemaIssue {
  return Object.assign({ message: 'there is no such option', path }, { code: 'unrecognized_keys', keys });
}

function wrongValue({ expected }: OptionRule<unknown>, path: readonly string[]): SchemaIssue {
  return { message: `expected ${expected}`, path };
}
