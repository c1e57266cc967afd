// Checks that a plugin uses the application's core, which is why core is a peer. A second copy would work beside the
// first one; a range without an upper end promises compatibility with unknown versions.
import { satisfies, validRange } from 'semver';
import type { PluginCheck, Problem } from '../plugin-check.ts';
import type { PluginManifest } from '../plugin-manifest.ts';

const CORE = '@millrace/core';
/**
 * Packages of this repository without a use in a published plugin: a plugin depends on core, and on the connection of its system,
 * such as `@millrace/connection-kafka`.
 */
const OTHERS = /^@millrace\/(?!core$|connection-[\w-]+$)|^millrace-plugin$/;
/** A version that no release will reach. */
const FAR_FUTURE = '999999.0.0';

/** `dependencies`: a bounded peer on core, and ranges that a registry can resolve. */
export const DEPENDENCY_CHECK: PluginCheck = {
  id: 'dependencies',
  title: 'core is a peer dependency with an upper end, and every range can be resolved',
  find: ({ manifest }) => [...coreProblems(manifest), ...strangers(manifest), ...unresolvable(manifest)],
};

function coreProblems({
  dependencies,
  optionalDependencies,
  peerDependencies,
}: PluginManifest): readonly Problem[] {
  const problems: Problem[] = [];
  if (CORE in { ...dependencies, ...optionalDependencies }) {
    problems.push(
      `${CORE} is a dependency: make it a peer dependency, so that the application's copy is used`,
    );
  }
  const range = peerDependencies[CORE];
  if (range === undefined) {
    problems.push(`${CORE} is no peer dependency: add it, for instance as ">=0.1.0 <1.0.0"`);
  } else if (validRange(range) !== null && satisfies(FAR_FUTURE, range)) {
    problems.push(`the range of ${CORE} has no upper end, got "${range}": name one, for instance "<1.0.0"`);
  }
  return problems;
}

function strangers({
  dependencies,
  optionalDependencies,
  peerDependencies,
}: PluginManifest): readonly Problem[] {
  return Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies })
    .filter((name) => OTHERS.test(name))
    .map(
      (name) =>
        `${name} is needed at run time: a plugin depends only on ${CORE} and on the connection of its system; make ${name} a devDependency`,
    );
}

function unresolvable({
  dependencies,
  optionalDependencies,
  peerDependencies,
}: PluginManifest): readonly Problem[] {
  return Object.entries({ ...dependencies, ...optionalDependencies, ...peerDependencies })
    .filter(([, range]) => validRange(range.replace(/^npm:@?[^@]+@/, '')) === null)
    .map(
      ([name, range]) =>
        `expected a range of versions for ${name}, got "${range}": no registry can resolve it`,
    );
}
