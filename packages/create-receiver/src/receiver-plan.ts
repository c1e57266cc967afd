// What is to be written: every answer in one object, checked before anything touches the disk. Flags and prompts both
// end here, so they accept the same.
import { basename, resolve } from 'node:path';
import { problemWithPackageName, problemWithReceiverName } from './receiver-names.ts';
import { UsageError } from './usage-error.ts';

/** Licences whose text the tool has. */
export const LICENSES = ['Apache-2.0', 'MIT'] as const;

/** A licence whose text the tool has. */
export type License = (typeof LICENSES)[number];

/** A package to be written. */
export interface ReceiverPlan {
  /** The folder to write into; made when it is not there. */
  readonly folder: string;
  /** The name on the registry, with or without a scope. */
  readonly packageName: string;
  /** The receiver's name in kebab case: `sensor-readings` becomes `sensorReadings({ … })`. */
  readonly receiverName: string;
  /** One line, for the manifest and the README. */
  readonly description: string;
  readonly license: License;
  /** Whether the source wants acknowledgements, and redelivers unacknowledged messages. */
  readonly acknowledges: boolean;
}

/** What a caller may leave open. */
export type PlanAnswers = Partial<ReceiverPlan> & Pick<ReceiverPlan, 'folder'>;

/** The answers that follow from others, filled in where the caller gave none. */
export function withDefaults(answers: PlanAnswers): ReceiverPlan {
  const { folder, packageName = basename(resolve(folder)).toLowerCase() } = answers;
  const receiverName = answers.receiverName ?? receiverNameOf(packageName);
  const { description = `A Millrace receiver: ${receiverName}`, license = 'Apache-2.0' } = answers;
  const { acknowledges = false } = answers;
  return { folder, packageName, receiverName, description, license, acknowledges };
}

/** @throws UsageError when an answer cannot be used. */
export function checkPlan(plan: ReceiverPlan): void {
  const problem =
    problemWithFolder(plan.folder) ??
    problemWithPackageName(plan.packageName) ??
    problemWithReceiverName(plan.receiverName) ??
    problemWithDescription(plan.description);
  if (problem !== undefined) throw new UsageError(problem);
}

/** What is wrong with a folder; undefined when nothing is. What is in it is another question. */
export function problemWithFolder(folder: string): string | undefined {
  return folder.trim() === '' ? 'expected the folder to write into, such as ./receiver-sensors' : undefined;
}

/** What is wrong with a description; undefined when nothing is. */
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
