// All checks on one tarball. Every check runs, so that one round shows all problems.
import { messageOf } from '@millrace/core';
import type { CheckOutcome, PluginCheck } from './plugin-check.ts';
import { CONFORMANCE_RESULTS_CHECK } from './checks/conformance-results-check.ts';
import { DEPENDENCY_CHECK } from './checks/dependency-check.ts';
import { EXPORT_CHECK, TYPE_CHECK } from './checks/export-check.ts';
import { MANIFEST_CHECK } from './checks/manifest-check.ts';
import { PATH_CHECK } from './checks/path-check.ts';
import { README_MATCH_CHECK } from './checks/readme-match-check.ts';
import { SCRIPT_CHECK } from './checks/script-check.ts';
import { FILES_CHECK, LICENSE_CHECK, README_CHECK } from './checks/text-check.ts';
import type { PluginTarball } from './plugin-tarball.ts';

/** The checks, in the order of the report. */
export const PLUGIN_CHECKS: readonly PluginCheck[] = [
  MANIFEST_CHECK,
  EXPORT_CHECK,
  TYPE_CHECK,
  DEPENDENCY_CHECK,
  SCRIPT_CHECK,
  LICENSE_CHECK,
  README_CHECK,
  README_MATCH_CHECK,
  FILES_CHECK,
  PATH_CHECK,
  CONFORMANCE_RESULTS_CHECK,
];

/** Runs every check. A check that cannot be executed counts as a problem, with the reason. */
export async function validatePlugin(plugin: PluginTarball): Promise<readonly CheckOutcome[]> {
  const outcomes: CheckOutcome[] = [];
  for (const check of PLUGIN_CHECKS) {
    const { id, title } = check;
    try {
      const problems = await check.find(plugin);
      const note = check.note?.(plugin);
      outcomes.push({ id, title, problems, ...(note === undefined ? {} : { note }) });
    } catch (error) {
      const why = messageOf(error);
      outcomes.push({ id, title, problems: [`the check could not be executed: ${why}`] });
    }
  }
  return outcomes;
}
