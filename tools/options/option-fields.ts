// The fields of a set of options: name, type, default and bounds from the rules that check the options, the meaning from the
// doc comment of the field. Rules are a table of `OptionRule`s or a schema of zod.
import type { OptionRule } from '@millrace/core/engine';
import { z } from 'zod';

/** One row of a table of options; each cell in Markdown. */
export interface OptionField {
  readonly name: string;
  readonly type: string;
  /** `required`, the default value, or words such as `none`. */
  readonly fallback: string;
  /** For instance `1 to 65,535`; empty without bounds. */
  readonly bounds: string;
  readonly meaning: string;
}

/** The rules of a set of options: a table of `OptionRule`s or a schema of zod for an object. */
export type OptionRules = Readonly<Record<string, OptionRule<unknown>>> | z.ZodType;

/**
 * The fields: required ones first, then in the order of the rules. The fields of an option that is an object follow the option
 * with dotted names, such as `tls.certFile`, unless no such field has a doc comment.
 *
 * @param sources The texts of the files with the doc comments, the first wins.
 */
export function optionFields(rules: OptionRules, sources: readonly string[]): readonly OptionField[] {
  const comments = sources.map(fieldComments);
  const commentOf = (name: string): string => {
    const own = name.slice(name.lastIndexOf('.') + 1);
    return comments.find((found) => found.has(own))?.get(own) ?? '';
  };
  const rows = rules instanceof z.ZodType ? fieldsOfSchema(rules) : fieldsOfTable(rules);
  const requiredFirst = rows.toSorted((a, b) => Number(b.isRequired) - Number(a.isRequired));
  const withNested = requiredFirst.flatMap((row) => {
    const nested = row.fields ?? [];
    return nested.some(({ name }) => commentOf(name) !== '') ? [row, ...nested] : [row];
  });
  return withNested.map(({ name, type, bounds, isRequired, value }) => {
    const { meaning, fallback } = splitComment(commentOf(name));
    const words = isRequired ? required(name) : (fallback ?? 'none');
    return { name, type, fallback: value === undefined ? words : code(value), bounds, meaning };
  });
}

interface Row {
  readonly name: string;
  readonly type: string;
  readonly bounds: string;
  readonly isRequired: boolean;
  readonly value: unknown;
  /** The fields of an option that is an object. */
  readonly fields?: readonly Row[];
}

/** A field of an option, such as `tls.certFile`, is required only together with the option. */
function required(name: string): string {
  const end = name.lastIndexOf('.');
  return end === -1 ? 'required' : `required with \`${name.slice(0, end)}\``;
}

function fieldsOfTable(table: Readonly<Record<string, OptionRule<unknown>>>, prefix = ''): readonly Row[] {
  return Object.entries(table).map(([own, { expected, fallback, isRequired = false, shape }]) => {
    const name = `${prefix}${own}`;
    if (shape !== undefined) {
      const type = outline(Object.keys(shape), (field) => shape[field]?.isRequired === true);
      return {
        name,
        type,
        bounds: '',
        isRequired,
        value: fallback,
        fields: fieldsOfTable(shape, `${name}.`),
      };
    }
    // `a whole number, at least 1` is a type and a bound; words in quotes and braces are one type.
    const [, type = expected, bounds = ''] = /^([^,'{]+), ((?:at least|from) .*)$/.exec(expected) ?? [];
    return { name, type: type.replace(/^an? /, ''), bounds: grouped(bounds), isRequired, value: fallback };
  });
}

/** An object of options as a type, for instance `{ host, port? }`. */
function outline(names: readonly string[], isRequired: (name: string) => boolean): string {
  return `\`{ ${names.map((name) => (isRequired(name) ? name : `${name}?`)).join(', ')} }\``;
}

/** The relevant part of a JSON schema. */
interface JsonSchema {
  /** The words for a type that JSON schema does not know, such as a function. */
  readonly title?: string;
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly maxLength?: number;
}

function fieldsOfSchema(schema: z.ZodType): readonly Row[] {
  // The input of a `preprocess` is anything; the fields are those of the schema behind.
  const isPreprocess = schema instanceof z.ZodPipe && schema.in instanceof z.ZodTransform;
  const options = isPreprocess ? schema.out : schema;
  return rowsOf(z.toJSONSchema(options, { io: 'input', unrepresentable: 'any' }) as JsonSchema);
}

function rowsOf({ properties = {}, required = [] }: JsonSchema, prefix = ''): readonly Row[] {
  return Object.entries(properties).map(([name, field]) => ({
    name: `${prefix}${name}`,
    type: typeOf(field),
    bounds: boundsOf(field),
    isRequired: required.includes(name),
    value: field.default,
    fields: rowsOf(field, `${prefix}${name}.`),
  }));
}

const TYPES: Readonly<Record<string, string>> = {
  integer: 'whole number',
  number: 'number',
  string: 'text',
  boolean: 'true or false',
};

function typeOf(schema: JsonSchema): string {
  if (schema.title !== undefined) return schema.title;
  if (schema.const !== undefined) return code(schema.const);
  if (schema.enum !== undefined) return schema.enum.map(code).join(', ');
  if (schema.anyOf !== undefined) return schema.anyOf.map(typeOf).join(' or ');
  if (schema.type === 'array')
    return `list: ${schema.items === undefined ? 'anything' : typeOf(schema.items)}`;
  if (schema.properties !== undefined) {
    return outline(Object.keys(schema.properties), (name) => schema.required?.includes(name) === true);
  }
  const types = [schema.type ?? []].flat().map((type) => TYPES[type] ?? 'anything');
  return types.length === 0 ? 'anything' : types.join(' or ');
}

function boundsOf({ type, minimum, maximum, minItems, maxItems, maxLength }: JsonSchema): string {
  if (type === 'string') return maxLength === undefined ? '' : `at most ${format(maxLength)} characters`;
  if (type === 'array') return range(minItems, maxItems);
  return range(minimum, maximum);
}

/** Bounds that only say that a number is safe are none. */
function range(least = -Infinity, most = Infinity): string {
  const [hasLeast, hasMost] = [least > Number.MIN_SAFE_INTEGER, most < Number.MAX_SAFE_INTEGER];
  if (hasLeast && hasMost) return `${format(least)} to ${format(most)}`;
  if (hasLeast) return `at least ${format(least)}`;
  return hasMost ? `at most ${format(most)}` : '';
}

/** Doc comments of fields by name, as one line each; the first field of a name counts. */
function fieldComments(source: string): ReadonlyMap<string, string> {
  const comments = new Map<string, string>();
  const pattern = /\/\*\*((?:[^*]|\*(?!\/))*)\*\/\s*(?:readonly )?(\w+)\??:/g;
  for (const [, comment = '', name = ''] of source.matchAll(pattern)) {
    const text = comment.replaceAll(/\s*\n\s*\*\s?/g, ' ').trim();
    if (!comments.has(name)) comments.set(name, text);
  }
  return comments;
}

/** Divides a doc comment into its meaning and the words of the default, which has a column of its own. */
function splitComment(comment: string): { readonly meaning: string; readonly fallback: string | undefined } {
  let fallback: string | undefined;
  const sentences = comment.split(/(?<=\.) (?=[A-Z`0-9])/).flatMap((sentence) => {
    const [, before = '', words, after = ''] =
      /^(.*?)(?:(?:^|; )[Dd]efault:? ((?:[^.:;]|\.(?=\w))+))(.*)$/.exec(sentence) ?? [];
    if (words === undefined) return [sentence];
    fallback = words;
    const rest = after.replace(/^[:;] /, '').replace(/^\.$/, '');
    const explained = after.startsWith(':') ? `With the default: ${rest}` : upperFirst(rest);
    return [before === '' ? '' : `${before}.`, rest === '' ? '' : explained];
  });
  return { meaning: sentences.filter((text) => text !== '').join(' '), fallback };
}

function code(value: unknown): string {
  if (typeof value === 'number') return format(value);
  return typeof value === 'string' ? `\`'${value}'\`` : `\`${JSON.stringify(value)}\``;
}

function format(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 10 });
}

function grouped(text: string): string {
  return text.replaceAll(/\d{4,}/g, (digits) => format(Number(digits)));
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
