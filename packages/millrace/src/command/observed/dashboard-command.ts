// What all commands about a running engine share: the address, the client, and the exit code of an engine that cannot be
// asked.
import { type Command, Option } from 'commander';
import { type CommandExitCode, type CommandSurroundings, EXIT_CODES } from '../command-surroundings.ts';
import { subCommand } from '../sub-command.ts';
import { type AddressOptions, DEFAULT_URL, dashboardAddress } from './dashboard-address.ts';
import { DashboardClient } from './dashboard-client.ts';
import { DashboardFailure } from './dashboard-failure.ts';

/** A sub-command with the address of a dashboard as its last argument, and the option of the token. */
export function dashboardCommand(name: string, description: string): Command {
  return subCommand(name, description).addOption(
    new Option(
      '--token <token>',
      'the token of the dashboard; better in MILLRACE_TOKEN, since others see command lines',
    ),
  );
}

/** The words about the argument `url`. */
export const URL_ARGUMENT = `the address of the dashboard; else MILLRACE_URL, else ${DEFAULT_URL}`;

/** Asks a dashboard. Without an answer, the words go to standard error, and the exit code is `unreachable`. */
export async function askDashboard(
  surroundings: CommandSurroundings,
  options: AddressOptions,
  ask: (client: DashboardClient) => Promise<CommandExitCode>,
): Promise<CommandExitCode> {
  const { environment, fetch: request, clock, signal, warn } = surroundings;
  try {
    const address = dashboardAddress(options, environment);
    return await ask(new DashboardClient({ fetch: request, clock, address, signal }));
  } catch (error) {
    if (signal.aborted) return EXIT_CODES.interrupted;
    if (!(error instanceof DashboardFailure)) throw error;
    warn(`${error.message}\n`);
    return EXIT_CODES.unreachable;
  }
}
