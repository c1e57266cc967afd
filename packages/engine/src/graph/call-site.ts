// The line of the program that called the engine. An error of a function that is no `Error` has no stack, and a stack
// names the line of the failure, not the operator of the program: so every stream remembers the place of its definition.
import { dirname, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The directory of this package's code: its frames are not the program's. */
const OWN = dirname(dirname(fileURLToPath(import.meta.url)));
/** Deep enough for the calls of the engine between an operator and this file. */
const FRAMES_MAX = 40;

/** File, line and column of the program's call, the file relative to the working directory; undefined: unknown. */
export function callSite(): string | undefined {
  const limit = Error.stackTraceLimit;
  const holder: { readonly stack?: unknown } = {};
  let stack: unknown;
  try {
    Error.stackTraceLimit = FRAMES_MAX;
    Error.captureStackTrace(holder, callSite);
    stack = holder.stack;
  } catch {
    // A program may have frozen the limit, or have a function for stacks that throws.
  } finally {
    restore(limit);
  }
  // A program may have a function for stacks whose results are no text.
  const lines = typeof stack === 'string' ? stack.split('\n').slice(1) : [];
  for (const line of lines) {
    const place = /\(?((?:file:\/\/|\/|[A-Za-z]:[\\/])[^()]*:\d+:\d+)\)?$/.exec(line)?.[1];
    if (place === undefined) continue;
    const path = place.startsWith('file://') ? pathOf(place) : place;
    if (!isOwn(path)) return fromHere(path);
  }
  return undefined;
}

function restore(limit: number): void {
  try {
    Error.stackTraceLimit = limit;
  } catch {
    // As above.
  }
}

/** The tests beside the code are programs. */
function isOwn(path: string): boolean {
  return path.startsWith(OWN) && !/\.(?:spec|test)\.[cm]?[jt]s:/.test(path);
}

function pathOf(place: string): string {
  const [, url = place, position = ''] = /^(.*?)(:\d+:\d+)$/.exec(place) ?? [];
  try {
    return `${fileURLToPath(url)}${position}`;
  } catch {
    return place;
  }
}

function fromHere(path: string): string {
  const shorter = relative(process.cwd(), path);
  return shorter === '' || shorter.startsWith('..') ? path : shorter;
}
