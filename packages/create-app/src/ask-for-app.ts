// The questions for a user in a terminal. A value passed as a flag is not asked for; every question has a default answer.
import { cancel, intro } from '@clack/prompts';
import { askText, assertEmpty, type PromptStreams } from '@millrace/scaffold';
import {
  type AppPlan,
  problemWithAppFolder,
  problemWithAppName,
  problemWithPort,
  withAppDefaults,
} from './app-plan.ts';

/**
 * Asks for the values without a flag. Returns undefined when the user cancelled.
 *
 * @param streams Default: the terminal of the process.
 */
export async function askForApp(
  given: Partial<AppPlan>,
  streams: PromptStreams = { input: process.stdin, output: process.stdout },
): Promise<AppPlan | undefined> {
  intro('A new Millrace pipeline', streams);
  const answers = await askAll(given, streams);
  if (answers === undefined) cancel('nothing was written', streams);
  return answers;
}

async function askAll(given: Partial<AppPlan>, streams: PromptStreams): Promise<AppPlan | undefined> {
  const folder =
    given.folder ??
    (await askText({
      message: 'Which folder?',
      initialValue: './my-pipeline',
      problemWith: problemWithAppFolder,
      streams,
    }));
  if (folder === undefined) return undefined;
  await assertEmpty(folder);
  const likely = withAppDefaults({ ...given, folder });
  const packageName =
    given.packageName ??
    (await askText({
      message: 'What is the project called?',
      initialValue: likely.packageName,
      problemWith: problemWithAppName,
      streams,
    }));
  if (packageName === undefined) return undefined;
  const port =
    given.port?.toString() ??
    (await askText({
      message: 'Which port takes records?',
      initialValue: `${likely.port}`,
      problemWith: problemWithPort,
      streams,
    }));
  return port === undefined ? undefined : { folder, packageName, port: Number(port) };
}
