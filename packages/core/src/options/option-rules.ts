// Rules for options: the accepted values, in words and as a check, and the default. A table of rules is the only
// description of a set of options: names, checks, defaults and messages are derived from the table.

/** One option. */
export interface OptionRule<T> {
  /** The default value; undefined: an absent option stays undefined. */
  readonly fallback: T | undefined;
  /** For messages, for instance `a whole number, at least 1`. */
  readonly expected: string;
  readonly accepts: (value: unknown) => boolean;
  /** True when the option is required. Default false. */
  readonly isRequired?: boolean;
  /** For an option that is an object of options: their rules. */
  readonly shape?: Readonly<Record<string, OptionRule<unknown>>>;
}

/** A rule for each option, by name. */
export type OptionTable<Options extends object> = {
  readonly [K in keyof Options]-?: OptionRule<Exclude<Options[K], undefined>>;
};

/** A rule of any kind. `fallback`: see `OptionRule`. */
export function option<T>(
  expected: string,
  accepts: (value: unknown) => boolean,
  fallback?: T,
): OptionRule<T> {
  return { fallback, expected, accepts };
}

/** The same rule for a required option. */
export function required<T>(rule: OptionRule<T>): OptionRule<T> {
  return { ...rule, isRequired: true };
}

/** A whole number from `least` up, default 1. */
export function wholeNumber(fallback?: number, least = 1): OptionRule<number> {
  const accepts = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= least;
  return option(`a whole number, at least ${least}`, accepts, fallback);
}

/** A whole number between two bounds, both included. */
export function wholeNumberWithin(least: number, most: number, fallback?: number): OptionRule<number> {
  const accepts = (value: unknown): boolean =>
    Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most;
  return option(`a whole number, from ${least} to ${most}`, accepts, fallback);
}

/** A number from 0 up, also with a fraction. */
export function numberFromZero(fallback?: number): OptionRule<number> {
  return option(
    'a number, at least 0',
    (value) => Number.isFinite(value) && (value as number) >= 0,
    fallback,
  );
}

/** A number above 0, also with a fraction. */
export function numberAboveZero(fallback?: number): OptionRule<number> {
  return option('a number above 0', (value) => Number.isFinite(value) && (value as number) > 0, fallback);
}

/** True or false. */
export function flag(fallback?: boolean): OptionRule<boolean> {
  return option('true or false', (value) => typeof value === 'boolean', fallback);
}

/** One of some words. */
export function oneOf<const T extends string>(words: readonly T[], fallback?: T): OptionRule<T> {
  const last = words.at(-1);
  const quoted = words.slice(0, -1).map((word) => `'${word}'`);
  const expected = quoted.length === 0 ? `'${last}'` : `${quoted.join(', ')} or '${last}'`;
  return option<T>(expected, (value) => (words as readonly unknown[]).includes(value), fallback);
}

/** A text that is not empty. `what`: the meaning of the text, for messages. */
export function filledText(what: string, fallback?: string): OptionRule<string> {
  return option(what, (value) => typeof value === 'string' && value.trim() !== '', fallback);
}

/** An object of options. `what`: the object, for messages. `together`: false when options that are each valid conflict. */
export function optionGroup<Options extends object>(
  what: string,
  shape: OptionTable<Options>,
  together: (options: Options) => boolean = () => true,
): OptionRule<Options> {
  const accepts = (value: unknown): boolean => together(value as Options);
  return { fallback: undefined, expected: what, accepts, shape };
}
