// The command line of `millrace`: names, options, help. A sub-command consists of a file in a folder of its own and of its
// entry here. A wrong command line throws commander's error, which main.ts maps to an exit code.
import { Command } from 'commander';
import manifest from 'millrace/package.json' with { type: 'json' };
import { batchCommand } from './batch/batch-command.ts';
import type { AskedCommand } from './command-surroundings.ts';
import { deadLettersCommand } from './dead-letters/dead-letters-command.ts';
import { statusCommand } from './status/status-command.ts';
import { subCommand } from './sub-command.ts';
import { topCommand } from './top/top-command.ts';
import { unlock, type UnlockOptions } from './unlock/unlock.ts';

const EXAMPLES = `
Examples:
  millrace status
  millrace top http://127.0.0.1:4040
  millrace batch held
  millrace unlock ./data
  millrace unlock ./data --yes --json
  millrace dead-letters list ./data/dead-letters --limit 10
  millrace dead-letters replay ./data/dead-letters --url http://localhost:8080/readings

Exit codes: 0 done, 1 negative result (a lock or a dead letter stays), 2 wrong usage or unreadable files, 3 no dashboard
answers, 130 interrupted. Of status: 0 keeping up, 1 behind, 2 failed, 3 no answer or wrong usage.`;

const UNLOCK_HELP = `
DIR is the directory of a log, of checkpoints or of a sink, or any directory up to six levels above.

A lock keeps a second process out of a directory. The lock of a process that ended on this machine is no hindrance: the
next start takes the lock over. A lock left by another machine, or by a container that is gone, cannot be judged from
here. Make certain that the process has ended: two writers destroy a log.

A lock whose process runs on this machine is never removed.`;

/**
 * Reads a command line, without the names of program and script.
 *
 * @throws commander's `CommanderError`, after commander has printed help or the mistake; `exitCode` is 0 for help.
 */
export function readCommandLine(argv: readonly string[]): AskedCommand {
  let asked: AskedCommand | undefined;
  const program = new Command('millrace')
    .description('Operates Millrace programs and their files.')
    .version(manifest.version)
    .exitOverride()
    .showHelpAfterError('(--help lists the commands)')
    .addHelpText('after', EXAMPLES);
  program.addCommand(
    subCommand('unlock', 'show the locks of a directory, and remove those of processes that are gone')
      .argument('<dir>', 'a directory of Millrace, or a directory above')
      .option('-y, --yes', 'remove the locks of other machines without a question', false)
      .option('--json', 'print one JSON object instead of lines', false)
      .addHelpText('after', UNLOCK_HELP)
      .action((directory: string, options: Omit<UnlockOptions, 'directory'>) => {
        asked = (surroundings) => unlock(surroundings, { ...options, directory });
      }),
  );
  for (const command of [statusCommand, topCommand, batchCommand])
    program.addCommand(command((one) => (asked = one)));
  program.addCommand(deadLettersCommand((command) => (asked = command)));
  program.parse([...argv], { from: 'user' });
  // Commander prints help and throws when there is no sub-command.
  if (asked === undefined) throw new TypeError('the command line was read and requests no command');
  return asked;
}
