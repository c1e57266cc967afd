// Checks that every export can be imported, and has types: publint and are-the-types-wrong check the tarball. Millrace
// packages are ES modules, so the results for CommonJS and for resolution without exports are ignored.
import { checkPackage, type Problem as TypeProblem } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import type { PluginCheck } from '../plugin-check.ts';

const NOT_ESM = new Set(['node10', 'node16-cjs']);

/** `exports`: publint reports nothing. */
export const EXPORT_CHECK: PluginCheck = {
  id: 'exports',
  title: 'every export exists and has the declared format',
  find: async ({ bytes }) => {
    // A copy: publint needs a buffer that begins with the tarball.
    const tarball = Uint8Array.from(bytes).buffer;
    const { messages, pkg } = await publint({ pack: { tarball }, level: 'warning' });
    return messages.map((message) => formatMessage(message, pkg, { color: false }) ?? message.code);
  },
};

/** `types`: every export has matching types. */
export const TYPE_CHECK: PluginCheck = {
  id: 'types',
  title: 'every export has matching types',
  find: async ({ typed }) => {
    const result = await checkPackage(typed);
    if (!result.types) return ['the package has no types: let the compiler write declarations'];
    return [...new Set(result.problems.filter(isForModules).map(nameOf))];
  },
};

function isForModules(problem: TypeProblem): boolean {
  return !('resolutionKind' in problem) || !NOT_ESM.has(problem.resolutionKind);
}

function nameOf(problem: TypeProblem): string {
  const where = 'entrypoint' in problem ? ` of ${problem.entrypoint}` : '';
  return `the types${where} do not fit: ${problem.kind}`;
}
