// Checks the public names of a package: the number of names in its index, and the names that no other file of the tree
// mentions. A name without a use is a promise without a reason; a bound keeps an index readable.

/** The largest number of names of an index, by the path of the index. */
export const NAME_LIMITS: Readonly<Record<string, number>> = {
  'packages/core/src/index.ts': 124,
  'packages/engine/src/index.ts': 60,
};

/** One export of an index: the name, true for a type, and the defining file according to the index. */
export interface PublicName {
  readonly name: string;
  readonly isType: boolean;
  readonly definedIn: string;
}

/** The names that the text of an index exports. Stars are refused by the house style and are not understood. */
export function publicNames(index: string): readonly PublicName[] {
  return [
    ...index.replaceAll(/\/\/[^\n]*/g, '').matchAll(/export (type )?\{([^}]*)\} from '([^']+)'/g),
  ].flatMap(([, type, names = '', definedIn = '']) =>
    names
      .split(',')
      .map((name) =>
        name
          .trim()
          .replace(/^type /, '')
          .replace(/^.* as /, ''),
      )
      .filter((name) => name !== '')
      .map((name) => ({ name, isType: type !== undefined, definedIn })),
  );
}

/** The files of a tree that are searched for names: path to text. */
export type Texts = ReadonlyMap<string, string>;

/**
 * The unused names of an index. A name is used when a file other than the index and the defining file mentions the
 * name. A type is also used when its own file mentions the type again, for instance as a parameter of a public
 * function. Tables of error codes are read by the generator of the errors page, through the index.
 *
 * @param home Returns the path of the defining file.
 */
export function unusedNames(
  index: string,
  names: readonly PublicName[],
  home: (name: PublicName) => string,
  texts: Texts,
): readonly string[] {
  const words = wordsByFile(texts);
  const isUsed = (found: PublicName): boolean =>
    found.name.endsWith('_ERROR_CODES') ||
    [...words].some(([file, counts]) => file !== index && file !== home(found) && counts.has(found.name)) ||
    (found.isType && (words.get(home(found))?.get(found.name) ?? 0) > 1);
  return names.filter((name) => !isUsed(name)).map(({ name }) => name);
}

const counted = new WeakMap<Texts, ReadonlyMap<string, ReadonlyMap<string, number>>>();

function wordsByFile(texts: Texts): ReadonlyMap<string, ReadonlyMap<string, number>> {
  const known = counted.get(texts);
  if (known !== undefined) return known;
  const words = new Map([...texts].map(([file, text]) => [file, countWords(text)]));
  counted.set(texts, words);
  return words;
}

function countWords(text: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const word of text.match(/[A-Za-z_$][\w$]*/g) ?? []) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}
