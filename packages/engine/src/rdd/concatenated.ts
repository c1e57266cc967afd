// Concatenates many arrays into one. `concat` copies runs of memory, whereas `flat` visits every record.

/** Number of arrays that one call joins: each array is an argument, and arguments lie on the stack. */
const joinedByCall = 1_024;

/** All elements, in the order of the arrays. A new array even for a single part. */
export function concatenated<T>(parts: readonly (readonly T[])[]): T[] {
  let all: T[] = [];
  for (let from = 0; from < parts.length; from += joinedByCall) {
    // bounded: `joinedByCall` arguments
    all = all.concat(...parts.slice(from, from + joinedByCall));
  }
  return all;
}
