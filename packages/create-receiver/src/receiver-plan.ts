// The content of the new package: every answer in one object, checked before any access to the disk. Flags and prompts
// both end here, so both accept the same values.
import { basename, resolve } from 'node:path';
import { problemWithPackageName, problemWithReceiverName } from './receiver-names.ts';
import { UsageError } from './usage-error.ts';

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
    problemWithFolder(plan.folder) ??
    problemWithPackageName(plan.packageName) ??
    problemWithReceiverName(plan.receiverName) ??
    problemWithDescription(plan.description);
  if (problem !== undefined) throw new UsageError(problem);
}

/** The mistake in a folder's name; undefined for a valid name. The content of the folder is checked elsewhere. */
export function problemWithFolder(folder: string): string | undefined {
  return folder.trim() === '' ? 'expected the folder to write into, such as ./receiver-sensors' : undefined;
}

/** The mistake in a description; undefined for a valid description. */
export function problemWithDescription(description: string): string | undefined {
  // oxlint-disable-next-line no-control-regex -- control characters are the subject
  const isGood = description.trim() !== '' && !/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(description);
  return isGood ? undefined : 'expected a description of one line';
}

/** `@acme/receiver-sensors` → `sensors`. */
function receiverNameOf(packageName: string): string {
  const name = packageName.slice(packageName.indexOf('/') + 1);
  return name.replace(/^(?:millrace-)?(?:receiver-)?/, '').replaceAll(/[^a-z0-9]+/g, '-');
}
