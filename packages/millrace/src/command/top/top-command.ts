// The command line of `millrace top`.
import type { Command } from 'commander';
import type { AskedCommand } from '../command-surroundings.ts';
import { dashboardCommand, URL_ARGUMENT } from '../observed/dashboard-command.ts';
import { top, type TopOptions } from './top.ts';

const HELP = `
Keys: q or Ctrl-C ends, s changes the order of inputs, f filters batches, / searches inputs and outputs by name.
Without a terminal, with TERM=dumb and with --plain: a line a second. NO_COLOR switches colours off.`;

/** The sub-command `top`. */
export function topCommand(ask: (command: AskedCommand) => void): Command {
  return dashboardCommand('top', 'show an engine live: verdict, inputs, outputs, batches')
    .argument('[url]', URL_ARGUMENT)
    .option('--plain', 'print lines, also on a terminal', false)
    .addHelpText('after', HELP)
    .action((url: string | undefined, options: Omit<TopOptions, 'url'>) =>
      ask((surroundings) => top(surroundings, { ...options, token: options.token, url })),
    );
}
