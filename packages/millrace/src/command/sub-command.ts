// The form of every sub-command: mistakes are reported with a hint at the help, and never end the process.
import { Command } from 'commander';

/** A sub-command without its arguments. `name` has the words behind `millrace`. */
export function subCommand(name: string, description: string): Command {
  return new Command(name.split(' ').at(-1))
    .description(description)
    .allowExcessArguments(false)
    .exitOverride()
    .showHelpAfterError(`(millrace ${name} --help lists the options)`);
}
