// The part of a README that a report fills: the text between two marks, comments inserted once by the author. All other
// text stays unchanged.

const SECTION_BEGIN = '<!-- conformance -->';
const SECTION_END = '<!-- /conformance -->';

/**
 * A README with the section filled in.
 *
 * @throws Error when the README lacks the two marks in order.
 */
export function withSection(readme: string, content: string): string {
  const place = placeOf(readme);
  if (place === undefined) {
    throw new Error(
      `expected ${SECTION_BEGIN} and ${SECTION_END} in the README around the place of the table, each on a separate line`,
    );
  }
  return `${readme.slice(0, place.begin)}\n\n${content}\n\n${readme.slice(place.end)}`;
}

/** The part of a README between the marks; undefined when the marks are missing. */
export function sectionOf(readme: string): string | undefined {
  const place = placeOf(readme);
  return place === undefined ? undefined : readme.slice(place.begin, place.end);
}

/** The offsets after the first mark and of the second. Marks in the middle of a line are mentions and do not count. */
function placeOf(readme: string): { readonly begin: number; readonly end: number } | undefined {
  const begin = /^<!-- conformance -->$/m.exec(readme);
  const end = /^<!-- \/conformance -->$/m.exec(readme);
  if (begin === null || end === null || end.index < begin.index) return undefined;
  return { begin: begin.index + SECTION_BEGIN.length, end: end.index };
}
