// Finds exported types of one name in two files. A reader who looks for a type must find one declaration; a second type with
// the name means either the same and can be shared, or means something else and needs a name of its own.

/** Packages that are not published, and the templates of generated packages, may repeat names. */
const NOT_SHIPPED = /^packages\/(?:sim|bench)\/|\/template[^/]*\//;
const DECLARATION = /^export (?:declare )?(?:abstract )?(?:class|interface|type|(?:const )?enum) (\w+)/gm;

/** One name with the files that declare a type of the name, for instance `{ name: 'Sink', files: ['a.ts', 'b.ts'] }`. */
export interface RepeatedType {
  readonly name: string;
  readonly files: readonly string[];
}

/** True when the check applies to a file: a source of a published package that is no test. */
export function isShippedSource(file: string): boolean {
  return (
    /^packages\/.*\/src\/.*\.ts$/.test(file) && !/\.(spec|spec-d)\.ts$/.test(file) && !NOT_SHIPPED.test(file)
  );
}

/**
 * The exported classes, interfaces, enums and type aliases that two or more files declare, by name. A class and an interface
 * of one file count once.
 *
 * @param sources Path to text.
 */
export function repeatedTypes(sources: ReadonlyMap<string, string>): readonly RepeatedType[] {
  const files = new Map<string, Set<string>>();
  for (const [file, text] of sources) {
    for (const [, name = ''] of text.matchAll(DECLARATION))
      files.set(name, (files.get(name) ?? new Set()).add(file));
  }
  return [...files]
    .filter(([, declaring]) => declaring.size > 1)
    .map(([name, declaring]) => ({ name, files: [...declaring] }));
}
