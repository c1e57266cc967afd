// `millrace batch TIME|latest|held [URL]`: one batch with its phases, inputs and outputs.
import type { ObservedBatch } from '@millrace/observe';
import { escapeControls } from '@millrace/core/engine';
import { type CommandExitCode, type CommandSurroundings, EXIT_CODES } from '../command-surroundings.ts';
import type { AddressOptions } from '../observed/dashboard-address.ts';
import type { DashboardClient } from '../observed/dashboard-client.ts';
import { askDashboard } from '../observed/dashboard-command.ts';
import { batchLines } from './batch-lines.ts';

/** The options of `batch`. */
export interface ShowBatchOptions extends AddressOptions {
  /** A batch time in milliseconds, the newest batch, or the oldest held one. */
  readonly which: number | 'latest' | 'held';
  readonly json: boolean;
}

/** The width of the tables: the result may go to a file. */
const WIDTH = 120;

/** Prints a batch. The exit code is 1 when there is no such batch. */
export async function batch(
  surroundings: CommandSurroundings,
  { which, json, ...address }: ShowBatchOptions,
): Promise<CommandExitCode> {
  const { write, warn, terminal } = surroundings;
  return askDashboard(surroundings, address, async (client) => {
    const found = await find(client, which);
    if (typeof found === 'string') {
      warn(`${found}\n`);
      return EXIT_CODES.negative;
    }
    const width = terminal?.size.columns ?? WIDTH;
    write(json ? `${escapeControls(JSON.stringify(found))}\n` : `${batchLines(found, width).join('\n')}\n`);
    return EXIT_CODES.done;
  });
}

/** The batch; a text says why there is none. */
async function find(
  client: DashboardClient,
  which: ShowBatchOptions['which'],
): Promise<ObservedBatch | string> {
  if (which === 'latest') {
    const { batches } = await client.batches(1);
    return batches[0] ?? 'no batch yet';
  }
  const time = which === 'held' ? (await client.state()).batches.held[0] : which;
  if (time === undefined) return 'no batch is held';
  return (await client.batch(time)) ?? `batch ${time} is not among the batches that the engine remembers`;
}
