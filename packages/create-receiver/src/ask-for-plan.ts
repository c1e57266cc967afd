// The questions, for a person in a terminal. What was given as a flag is not asked; every question has an answer ready.
import { cancel, intro, isCancel, select, text } from '@clack/prompts';
import { problemWithPackageName, problemWithReceiverName } from './receiver-names.ts';
import {
  type License,
  LICENSES,
  problemWithDescription,
  type ReceiverPlan,
  withDefaults,
} from './receiver-plan.ts';
import { assertEmpty } from './write-package.ts';

/** Asks for what the flags left open. Answers undefined when the person gave up. */
export async function askForPlan(given: Partial<ReceiverPlan>): Promise<ReceiverPlan | undefined> {
  intro('A new Millrace receiver');
  const answers = await askAll(given);
  if (answers === undefined) cancel('nothing was written');
  return answers;
}

async function askAll(given: Partial<ReceiverPlan>): Promise<ReceiverPlan | undefined> {
  const folder = given.folder ?? (await ask('Which folder?', './receiver-sensors', () => undefined));
  if (folder === undefined) return undefined;
  await assertEmpty(folder);
  const fallback = withDefaults({ ...given, folder });
  const packageName =
    given.packageName ??
    (await ask('What is the package called?', fallback.packageName, problemWithPackageName));
  if (packageName === undefined) return undefined;
  const { receiverName: likely } = withDefaults({ ...given, folder, packageName });
  const receiverName =
    given.receiverName ?? (await ask('And the receiver, in kebab case?', likely, problemWithReceiverName));
  if (receiverName === undefined) return undefined;
  const { description: about } = withDefaults({ ...given, folder, packageName, receiverName });
  const description = given.description ?? (await ask('What does it read?', about, problemWithDescription));
  if (description === undefined) return undefined;
  const license = given.license ?? (await askLicense());
  return license === undefined ? undefined : { folder, packageName, receiverName, description, license };
}

async function ask(
  message: string,
  initialValue: string,
  problemWith: (value: string) => string | undefined,
): Promise<string | undefined> {
  const answer = await text({ message, initialValue, validate: (value) => problemWith(value ?? '') });
  return isCancel(answer) ? undefined : answer;
}

async function askLicense(): Promise<License | undefined> {
  const options = LICENSES.map((license) => ({ value: license, label: license }));
  const answer = await select<License>({ message: 'Under which licence?', options });
  return isCancel(answer) ? undefined : answer;
}
