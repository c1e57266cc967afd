// The command line of `npm create millrace`. Every question has a flag; without a terminal no question is asked.
import { type CreateSurroundings, nextSteps, UsageError } from '@millrace/scaffold';
import { Command } from 'commander';
import manifest from 'create-millrace/package.json' with { type: 'json' };
import { type AppPlan, problemWithAppFolder, problemWithPort, withAppDefaults } from './app-plan.ts';
import { askForApp } from './ask-for-app.ts';
import { writeApp } from './write-app.ts';

interface Flags {
  readonly name?: string;
  readonly port?: string;
  readonly yes?: boolean;
}

/** The command; `parseAsync` runs it. Its action rejects with a `UsageError` for mistakes of the caller. */
export function createCommand({ isInteractive, write, prompts }: CreateSurroundings): Command {
  return new Command('create-millrace')
    .description(
      'Writes a TypeScript project with a durable pipeline: records over HTTP, windows of event time, rows in SQLite.',
    )
    .version(manifest.version)
    .argument('[folder]', 'the folder to write into; it has to be new or empty')
    .option('--name <package>', 'the name of the project; by default the name of the folder')
    .option('--port <port>', 'the port that takes records; by default 8080')
    .option('-y, --yes', 'ask nothing; missing values have their defaults')
    .action(async (folder: string | undefined, flags: Flags) => {
      const given = givenBy(folder, flags);
      const plan = isInteractive && flags.yes !== true ? await askForApp(given, prompts) : planOf(given);
      if (plan === undefined) return;
      const files = await writeApp(plan);
      write(nextSteps({ ...plan, fileCount: files.length, steps: stepsOf(plan) }));
    });
}

function givenBy(folder: string | undefined, { name, port }: Flags): Partial<AppPlan> {
  const problem = port === undefined ? undefined : problemWithPort(port);
  if (problem !== undefined) throw new UsageError(problem);
  return {
    ...(folder !== undefined && { folder }),
    ...(name !== undefined && { packageName: name }),
    ...(port !== undefined && { port: Number(port) }),
  };
}

function planOf(given: Partial<AppPlan>): AppPlan {
  const { folder = '' } = given;
  const problem = problemWithAppFolder(folder);
  if (problem !== undefined) throw new UsageError(problem);
  return withAppDefaults({ ...given, folder });
}

function stepsOf({ port }: AppPlan): readonly string[] {
  return [
    `npm start              takes readings at http://localhost:${port}/readings; README.md has a request to try`,
    'npm test               runs the program under virtual time',
    'src/pipeline.ts        the program',
  ];
}
