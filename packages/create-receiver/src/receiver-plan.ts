// The content of the new package: every answer in one object, checked before any access to the disk. Flags and prompts
// both end here, so both accept the same values.
import { basename, resolve } from 'node:path';
import { problemWithFolder, problemWithText, UsageError } from '@millrace/scaffold';
import { problemWithName, problemWithReceiverName } from './receiver-names.ts';

/** Licences whose text the tool contains. */
export const LICENSES = ['Apache-2.0', 'MIT'] as const;

/** A licence whose text the tool contains. */
export type License = (typeof LICENSES)[number];

/** A package to be written. */
export interface ReceiverPlan {
  /** The folder to write into; made when missing. */
  readonly folder: string;
  /** The name on the registry, with or without a scope. */
  readonly packageName: string;
  /** The receiver's name in kebab case: `sensor-readings` becomes `sensorReadings({ … })`. */
  readonly receiverName: string;
  /** One line, for the manifest and the README. */
  readonly description: string;
  readonly license: License;
  /** True when the source wants acknowledgements, and redelivers unacknowledged messages. */
  readonly acknowledges: boolean;
}

/** The optional values of a caller. */
export type PlanAnswers = Partial<ReceiverPlan> & Pick<ReceiverPlan, 'folder'>;

/** The answers that follow from other answers, for values missing from the caller's input. */
export function withDefaults(answers: PlanAnswers): ReceiverPlan {
  const { folder, packageName = basename(resolve(folder)).toLowerCase() } = answers;
  const receiverName = answers.receiverName ?? receiverNameOf(packageName);
  const { description = `A Millrace receiver: ${receiverName}`, license = 'Apache-2.0' } = answers;
  const { acknowledges = false } = answers;
  return { folder, packageName, receiverName, description, license, acknowledges };
}

/** @throws UsageError when an answer is invalid. */
export function checkPlan(plan: ReceiverPlan): void {
  const problem =
    problemWithPlace(plan.folder) ??
    problemWithName(plan.packageName) ??
    problemWithReceiverName(plan.receiverName) ??
    problemWithText(plan.description);
  if (problem !== undefined) throw new UsageError(problem);
}

/** The mistake in a folder's name; undefined for a valid name. The content of the folder is checked elsewhere. */
export function problemWithPlace(folder: string): string | undefined {
  return problemWithFolder(folder, './receiver-sensors');
}

/** `@acme/receiver-sensors` → `sensors`. */
function receiverNameOf(packageName: string): string {
  const name = packageName.slice(packageName.indexOf('/') + 1);
  return name.replace(/^(?:millrace-)?(?:receiver-)?/, '').replaceAll(/[^a-z0-9]+/g, '-');
}
