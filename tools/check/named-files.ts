// Looks at the files that comments and documents name. A reader who follows a name of an earlier layout finds nothing, and
// no compiler notices: `block-cutter.ts` in a comment stays when the file becomes another. Tables of documents also lead to
// names inside a file.

/** Comments of the packages, and pages about the tree; guides and decisions have made-up and former names. */
const CHECKED =
  /^(?:packages|examples)\/.*\.(?:ts|mjs)$|^docs\/(?:ARCHITECTURE|(?:spec|reference)\/.*)\.md$|^CONTRIBUTING\.md$/;
const COMMENT = /^\s*(?:\/\/|\/\*\*?|\*)/;
const NAMED = /(?<![\w./@*-])((?:[\w-]+\/)*[\w-]+(?:\.[\w-]+)*\.(?:ts|mjs))\b/g;
/** A row with a step, a file and names in the file. */
const ROW = /^\|[^|]+\| `([\w./-]+\.ts)` +\|([^|]*)\|/;

/** True for files whose comments, or text, are looked at. */
export function isChecked(file: string): boolean {
  return CHECKED.test(file);
}

/** One name that leads nowhere. */
export interface MissingName {
  readonly name: string;
  /** From 1. */
  readonly line: number;
}

/** The names of source files in a page, or in comments of a source, that are no end of a path of the tree. */
export function missingFiles(file: string, text: string, files: readonly string[]): readonly MissingName[] {
  const isPage = file.endsWith('.md');
  return text
    .split('\n')
    .flatMap((content, index) =>
      isPage || COMMENT.test(content)
        ? [...content.matchAll(NAMED)]
            .map(([, name = '']) => ({ name, line: index + 1 }))
            .filter(({ name }) => !files.some((path) => path === name || path.endsWith(`/${name}`)))
        : [],
    );
}

/**
 * The names in rows of a page that are not in the file of the row: `| step | `engine/src/a.ts` | `run`, `#stop` |`. Files are
 * below `packages`.
 *
 * @param textOf The text of a file; undefined for a file that is not there.
 */
export function missingNames(
  page: string,
  textOf: (file: string) => string | undefined,
): readonly MissingName[] {
  return page.split('\n').flatMap((row, index) => {
    const [, file, names = ''] = ROW.exec(row) ?? [];
    const text = file === undefined ? undefined : textOf(`packages/${file}`);
    if (text === undefined) return [];
    return [...names.matchAll(/`([^`]+)`/g)]
      .filter(([, name = '']) => !hasName(text, name))
      .map(([, name = '']) => ({ name: `${name} in ${file}`, line: index + 1 }));
  });
}

/** True when the text has the name as a whole word; `#` belongs to the word. */
function hasName(text: string, name: string): boolean {
  return new RegExp(`(?<![\\w#])${name}(?!\\w)`).test(text);
}
