// The part of a README that a report fills: everything between two comments that the author puts there once. The text
// around them is the author's and stays as it is.

const SECTION_BEGIN = '<!-- conformance -->';
const SECTION_END = '<!-- /conformance -->';

/**
 * A README with the part filled in.
 *
 * @throws Error when the README has not both marks, in order.
 */
export function withSection(readme: string, content: string): string {
  const place = placeOf(readme);
  if (place === undefined) {
    throw new Error(
      `expected ${SECTION_BEGIN} and ${SECTION_END} in the README, each on a line of its own, where the table is to stand`,
    );
  }
  return `${readme.slice(0, place.begin)}\n\n${content}\n\n${readme.slice(place.end)}`;
}

/** The part of a README between the marks; undefined when it has none. */
export function sectionOf(readme: string): string | undefined {
  const place = placeOf(readme);
  return place === undefined ? undefined : readme.slice(place.begin, place.end);
}

/** Behind the first mark, and at the second. A mark in the middle of a line is talked about, and none. */
function placeOf(readme: string): { readonly begin: number; readonly end: number } | undefined {
  const begin = /^<!-- conformance -->$/m.exec(readme);
  const end = /^<!-- \/conformance -->$/m.exec(readme);
  if (begin === null || end === null || end.index < begin.index) return undefined;
  return { begin: begin.index + SECTION_BEGIN.length, end: end.index };
}
