// One array out of many. `concat` copies runs of memory, where `flat` looks at every record.

/** So many arrays are joined by one call: each is an argument, and arguments lie on the stack. */
const joinedByCall = 1_024;

/** All elements, in the order of the arrays. A new array also where there is only one. */
export function concatenated<T>(parts: readonly (readonly T[])[]): T[] {
  let all: T[] = [];
  for (let from = 0; from < parts.length; from += joinedByCall) {
    // bounded: `joinedByCall` arguments
    all = all.concat(...parts.slice(from, from + joinedByCall));
  }
  return all;
}
