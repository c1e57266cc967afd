// Looks at the tests that docs/reference/weaknesses.md names: each weakness has a row with a test, and a test that is
// renamed or removed must not leave its weakness without one.

const ROW = /\| `([\w./-]+\.spec\.ts)`\s*\| (.*?)\s*\|$/;

/** The page with a test for each weakness. */
export const WEAKNESSES_PAGE = 'docs/reference/weaknesses.md';

/** One row that names a test. */
export interface NamedTest {
  readonly file: string;
  readonly title: string;
  /** From 1. */
  readonly line: number;
}

/** The rows of a page that name a test. Files are below `packages`. */
export function namedTests(page: string): readonly NamedTest[] {
  return page.split('\n').flatMap((row, index) => {
    const [, file, title] = ROW.exec(row) ?? [];
    return file === undefined || title === undefined
      ? []
      : [{ file: `packages/${file}`, title, line: index + 1 }];
  });
}

/**
 * The rows whose test is not in its file.
 *
 * @param textOf The text of a file; undefined for a file that is not there.
 */
export function missingTests(
  page: string,
  textOf: (file: string) => string | undefined,
): readonly NamedTest[] {
  return namedTests(page).filter(({ file, title }) => textOf(file)?.includes(`'${title}'`) !== true);
}
