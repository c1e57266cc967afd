// Loads a module with a default export: an ES module or a CommonJS module, JavaScript or TypeScript. Node.js takes a file
// `.ts` in a folder of CommonJS modules (no `"type": "module"`) for CommonJS. A config with `import` and `export` is an ES
// module all the same, so files with these statements are loaded as ES modules, the imports of the config included.
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { dirname, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** A statement of ES modules at the beginning of a line. */
const ES_STATEMENT =
  /^\s*(?:import\s*["'{*\w]|export\s*(?:default|const|let|function|class|async|type|interface|\{|\*))/m;

/** Imports the module and returns its default export; for CommonJS `module.exports`, or its `default`. */
export async function importDefault(path: string): Promise<unknown> {
  const url = pathToFileURL(resolve(path)).href;
  loadAsEsModules(pathToFileURL(dirname(resolve(path))).href);
  const module = (await import(url)) as { readonly default?: unknown };
  // A CommonJS module compiled from an ES module keeps its default export in `exports.default`.
  return isCompiled(module.default) ? module.default.default : module.default;
}

/** Loads files `.ts` and `.js` below a folder, dependencies excepted, as ES modules if they have statements of ES modules. */
function loadAsEsModules(folder: string): void {
  registerHooks({
    load: (url, context, next) => {
      const ending = /\.[jt]s$/.exec(url)?.[0];
      const isOwn = url.startsWith(`${folder}/`) && !url.includes('/node_modules/');
      if (ending === undefined || !isOwn) return next(url, context);
      if (!ES_STATEMENT.test(readFileSync(fileURLToPath(url), 'utf8'))) return next(url, context);
      return next(url, { ...context, format: ending === '.ts' ? 'module-typescript' : 'module' });
    },
  });
}

function isCompiled(value: unknown): value is { readonly default: unknown } {
  return typeof value === 'object' && value !== null && '__esModule' in value && 'default' in value;
}
