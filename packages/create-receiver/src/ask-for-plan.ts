// The questions for a user in a terminal. A value passed as a flag is not asked for; every question has a default
// answer.
import { cancel, intro, isCancel, select } from '@clack/prompts';
import {
  askText,
  assertEmpty,
  problemWithText,
  type PromptStreams,
  type TextQuestion,
} from '@millrace/scaffold';
import { problemWithName, problemWithReceiverName } from './receiver-names.ts';
import {
  type License,
  LICENSES,
  problemWithPlace,
  type ReceiverPlan,
  withDefaults,
} from './receiver-plan.ts';

/**
 * Asks for the values without a flag. Returns undefined when the user cancelled.
 *
 * @param streams Default: the terminal of the process.
 */
export async function askForPlan(
  given: Partial<ReceiverPlan>,
  streams: PromptStreams = { input: process.stdin, output: process.stdout },
): Promise<ReceiverPlan | undefined> {
  intro('A new Millrace receiver', streams);
  const answers = await askAll(given, streams);
  if (answers === undefined) cancel('nothing was written', streams);
  return answers;
}

async function askAll(
  given: Partial<ReceiverPlan>,
  streams: PromptStreams,
): Promise<ReceiverPlan | undefined> {
  const ask = (
    message: string,
    initialValue: string,
    problemWith: TextQuestion['problemWith'],
  ): Promise<string | undefined> => askText({ message, initialValue, problemWith, streams });
  const folder = given.folder ?? (await ask('Which folder?', './receiver-sensors', problemWithPlace));
  if (folder === undefined) return undefined;
  await assertEmpty(folder);
  const fallback = withDefaults({ ...given, folder });
  const packageName =
    given.packageName ?? (await ask('What is the package called?', fallback.packageName, problemWithName));
  if (packageName === undefined) return undefined;
  const { receiverName: likely } = withDefaults({ ...given, folder, packageName });
  const receiverName =
    given.receiverName ?? (await ask('And the receiver, in kebab case?', likely, problemWithReceiverName));
  if (receiverName === undefined) return undefined;
  const { description: about } = withDefaults({ ...given, folder, packageName, receiverName });
  const description = given.description ?? (await ask('What does it read?', about, problemWithText));
  if (description === undefined) return undefined;
  const acknowledges = given.acknowledges ?? (await askWhetherAcknowledged(streams));
  if (acknowledges === undefined) return undefined;
  const license = given.license ?? (await askLicense(streams));
  if (license === undefined) return undefined;
  return { folder, packageName, receiverName, description, license, acknowledges };
}

async function askWhetherAcknowledged(streams: PromptStreams): Promise<boolean | undefined> {
  const options = [
    { value: false, label: 'No', hint: 'what it has sent is gone: feeds, sockets' },
    { value: true, label: 'Yes', hint: 'the source redelivers unacknowledged messages: queues' },
  ];
  const answer = await select<boolean>({
    message: 'Does the source want acknowledgements?',
    options,
    ...streams,
  });
  return isCancel(answer) ? undefined : answer;
}

async function askLicense(streams: PromptStreams): Promise<License | undefined> {
  const options = LICENSES.map((license) => ({ value: license, label: license }));
  const answer = await select<License>({ message: 'Under which licence?', options, ...streams });
  return isCancel(answer) ? undefined : answer;
}
