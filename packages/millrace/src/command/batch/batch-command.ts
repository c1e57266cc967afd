// The command line of `millrace batch`.
import { type Command, InvalidArgumentError } from 'commander';
import type { AskedCommand } from '../command-surroundings.ts';
import { dashboardCommand, URL_ARGUMENT } from '../observed/dashboard-command.ts';
import { batch, type ShowBatchOptions } from './batch.ts';

const HELP = `
BATCH is a batch time in milliseconds or ISO, latest for the newest batch, or held for the oldest batch that is held
after a failure. Exit code 1: there is no such batch; 3: no dashboard answers.`;

/** The sub-command `batch`. */
export function batchCommand(ask: (command: AskedCommand) => void): Command {
  return dashboardCommand('batch', 'show one batch: phases, inputs, outputs, errors')
    .argument('<batch>', 'a batch time, latest, or held', whichOf)
    .argument('[url]', URL_ARGUMENT)
    .option('--json', 'print the batch as one JSON object', false)
    .addHelpText('after', HELP)
    .action(
      (
        which: ShowBatchOptions['which'],
        url: string | undefined,
        options: Omit<ShowBatchOptions, 'url' | 'which'>,
      ) => ask((surroundings) => batch(surroundings, { ...options, token: options.token, which, url })),
    );
}

function whichOf(text: string): ShowBatchOptions['which'] {
  if (text === 'latest' || text === 'held') return text;
  const isIso = /^\d{4}-\d\d-\d\dT/.test(text);
  const time = isIso ? Date.parse(text) : /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(time)) return time;
  throw new InvalidArgumentError('expected milliseconds, a time as 2026-01-31T12:00:00Z, latest or held.');
}
