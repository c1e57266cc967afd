// The place of a call, when the calling code belongs to a package: the first frame of the stack with a file counts, because
// a library that calls a function does so for itself.
import { isAbsolute, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The file, relative to the folder, and the line of the code that called `callee`. Undefined when the code belongs to Node,
 * to a package inside `node_modules`, or to any file outside of the folder.
 *
 * @param folder The folder of a package.
 * @param callee The called function; frames of `callee`, and of the functions that it has called, do not count.
 */
export function callerWithin(folder: string, callee: (...args: never[]) => unknown): string | undefined {
  for (const frame of framesAbove(callee)) {
    const file = frame.getFileName() ?? undefined;
    // A function of the language, such as Array.prototype.map, calls for its own caller.
    if (file === undefined) continue;
    const path = pathWithin(folder, file);
    return path === undefined ? undefined : `${path}:${frame.getLineNumber() ?? 0}`;
  }
  return undefined;
}

function framesAbove(callee: (...args: never[]) => unknown): readonly NodeJS.CallSite[] {
  const prepare: unknown = Reflect.get(Error, 'prepareStackTrace');
  let frames: readonly NodeJS.CallSite[] = [];
  try {
    Error.prepareStackTrace = (_, sites) => {
      frames = sites;
      return '';
    };
    const holder: { stack?: string } = {};
    Error.captureStackTrace(holder, callee);
    // Some engines call prepareStackTrace at the first look only.
    void holder.stack;
  } finally {
    Reflect.set(Error, 'prepareStackTrace', prepare);
  }
  return frames;
}

function pathWithin(folder: string, file: string): string | undefined {
  const path = file.startsWith('file:') ? fileURLToPath(file) : file;
  if (!isAbsolute(path)) return undefined;
  const inside = relative(folder, path);
  const parts = inside.split(sep);
  return parts[0] === '..' || isAbsolute(inside) || parts.includes('node_modules') ? undefined : inside;
}
