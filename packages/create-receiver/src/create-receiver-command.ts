// The command line of `npm create millrace-receiver`. Every question has a flag; without a terminal no question is
// asked.
import { Command, Option } from 'commander';
import { type CreateSurroundings, nextSteps, UsageError } from '@millrace/scaffold';
import { askForPlan } from './ask-for-plan.ts';
import {
  type License,
  LICENSES,
  problemWithPlace,
  type ReceiverPlan,
  withDefaults,
} from './receiver-plan.ts';
import { writePackage } from './write-package.ts';

/** The steps after `npm install`. */
const STEPS: readonly string[] = [
  'npm test               the receiver passes the conformance kit unchanged',
  'npm run example        run the receiver in an engine',
  'src/read-source.ts     write your reading code here',
  'npm run conformance    run the conformance kit, and fill in the README',
  'npm run validate       validate the package before publishing',
];

interface Flags {
  readonly name?: string;
  readonly receiver?: string;
  readonly description?: string;
  readonly license?: License;
  readonly acknowledges?: boolean;
  readonly yes?: boolean;
}

/** The command; `parseAsync` runs it. Its action rejects with a `UsageError` for mistakes of the caller. */
export function createCommand({ isInteractive, write, prompts }: CreateSurroundings): Command {
  return new Command('create-millrace-receiver')
    .description(
      'Writes a package with a Millrace receiver: options, conformance test, example, README and CI.',
    )
    .argument('[folder]', 'the folder to write into; it has to be new or empty')
    .option('--name <package>', 'the name of the package; by default the name of the folder')
    .option(
      '--receiver <name>',
      'the name of the receiver in kebab case; by default from the name of the package',
    )
    .option('--description <text>', 'one line for the manifest and the README')
    .addOption(new Option('--license <license>', 'the licence').choices(LICENSES))
    .option('--acknowledges', 'the source wants acknowledgements, and redelivers unacknowledged messages')
    .option('-y, --yes', 'ask nothing; missing values have their defaults')
    .action(async (folder: string | undefined, flags: Flags) => {
      const given = givenBy(folder, flags);
      const plan = isInteractive && flags.yes !== true ? await askForPlan(given, prompts) : planOf(given);
      if (plan === undefined) return;
      const files = await writePackage(plan);
      write(nextSteps({ ...plan, fileCount: files.length, steps: STEPS }));
    });
}

function givenBy(folder: string | undefined, flags: Flags): Partial<ReceiverPlan> {
  const { name, receiver, description, license, acknowledges } = flags;
  return {
    ...(folder !== undefined && { folder }),
    ...(name !== undefined && { packageName: name }),
    ...(receiver !== undefined && { receiverName: receiver }),
    ...(description !== undefined && { description }),
    ...(license !== undefined && { license }),
    ...(acknowledges !== undefined && { acknowledges }),
  };
}

function planOf(given: Partial<ReceiverPlan>): ReceiverPlan {
  const { folder = '' } = given;
  const problem = problemWithPlace(folder);
  if (problem !== undefined) throw new UsageError(problem);
  return withDefaults({ ...given, folder });
}
