// The command line of `millrace status`.
import type { Command } from 'commander';
import type { AskedCommand } from '../command-surroundings.ts';
import { dashboardCommand, URL_ARGUMENT } from '../observed/dashboard-command.ts';
import { status, type StatusOptions } from './status.ts';

const HELP = `
The engine needs the plugin dashboard() of the package millrace.

Exit codes: 0 keeping up (good, limited or warning), 1 falling behind, 2 failed, 3 no answer or wrong usage.`;

/** The sub-command `status`. */
export function statusCommand(ask: (command: AskedCommand) => void): Command {
  return dashboardCommand('status', 'tell whether an engine keeps up, and why not')
    .argument('[url]', URL_ARGUMENT)
    .option('--json', 'print the state as one JSON object', false)
    .addHelpText('after', HELP)
    .action((url: string | undefined, options: Omit<StatusOptions, 'url'>) =>
      ask((surroundings) => status(surroundings, { ...options, token: options.token, url })),
    );
}
