// The part of a README that a report fills: everything between two comments that the author puts there once. The text
// around them is the author's and stays as it is.

/** Where the part begins. */
export const SECTION_BEGIN = '<!-- conformance -->';
/** Where it ends. */
export const SECTION_END = '<!-- /conformance -->';

/**
 * A README with the part filled in.
 *
 * @throws Error when the README has not both marks, in order.
 */
export function withSection(readme: string, content: string): string {
  const begin = readme.indexOf(SECTION_BEGIN);
  const end = readme.indexOf(SECTION_END);
  if (begin < 0 || end < begin) {
    throw new Error(
      `expected ${SECTION_BEGIN} and ${SECTION_END} in the README; put them where the table is to stand`,
    );
  }
  return `${readme.slice(0, begin + SECTION_BEGIN.length)}\n\n${content}\n\n${readme.slice(end)}`;
}

/** The part of a README between the marks; undefined when it has none. */
export function sectionOf(readme: string): string | undefined {
  const begin = readme.indexOf(SECTION_BEGIN);
  const end = readme.indexOf(SECTION_END);
  return begin < 0 || end < begin ? undefined : readme.slice(begin, end);
}
