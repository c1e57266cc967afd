// Changes sources at load time: inserts probes into the engine, and breaks the engine deliberately. A patch names its
// file and the replaced text, and fails loudly when the text is missing or ambiguous.
import { registerHooks } from 'node:module';

/** A change of one place in one file. */
export interface SourcePatch {
  /** The end of the file's path, from the package on. */
  readonly file: string;
  /** The text, which occurs exactly once. */
  readonly find: string;
  readonly replace: string;
}

/** A change of any number of places in one file, at least one. */
export interface SourceRewrite {
  readonly file: string;
  readonly rewrite: (source: string) => string;
}

/** Applies changes to every module loaded from now on. */
export function patchSources(changes: readonly (SourcePatch | SourceRewrite)[]): void {
  registerHooks({
    load: (url, context, nextLoad) => {
      const loaded = nextLoad(url, context);
      const own = changes.filter(({ file }) => url.endsWith(file));
      if (own.length === 0 || loaded.source === undefined || loaded.source === null) return loaded;
      const text =
        typeof loaded.source === 'string' ? loaded.source : new TextDecoder().decode(loaded.source);
      return { ...loaded, source: own.reduce(applyChange, text) };
    },
  });
}

/** The source after a change. @throws when the change does not apply. */
export function applyChange(source: string, change: SourcePatch | SourceRewrite): string {
  if ('rewrite' in change) {
    const changed = change.rewrite(source);
    if (changed === source) throw new Error(`the probes of ${change.file} do not apply any more`);
    return changed;
  }
  const { file, find, replace } = change;
  const parts = source.split(find);
  if (parts.length !== 2) {
    throw new Error(`a patch of ${file} finds its place ${parts.length - 1} times instead of once: ${find}`);
  }
  return parts.join(replace);
}
