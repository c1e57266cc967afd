// `millrace status [URL]`: the verdict on an engine, for people and for scripts.
import type { EngineState } from '@millrace/observe';
import { escapeControls } from '@millrace/core/engine';
import type { CommandExitCode, CommandSurroundings } from '../command-surroundings.ts';
import type { AddressOptions } from '../observed/dashboard-address.ts';
import { askDashboard } from '../observed/dashboard-command.ts';
import { exitCodeOf } from '../observed/level-words.ts';
import { statusLines } from './status-lines.ts';

/** The options of `status`. */
export interface StatusOptions extends AddressOptions {
  /** The state as one JSON object, without timelines. */
  readonly json: boolean;
}

/** The width of the tables: the result may go to a file. */
const WIDTH = 120;

/** Prints the state of an engine. The exit code is the verdict: 0 keeping up, 1 behind, 2 failed, 3 unreachable. */
export async function status(
  surroundings: CommandSurroundings,
  options: StatusOptions,
): Promise<CommandExitCode> {
  const { write, terminal } = surroundings;
  return askDashboard(surroundings, options, async (client) => {
    const state = await client.state();
    const width = terminal?.size.columns ?? WIDTH;
    write(options.json ? `${jsonOf(state)}\n` : `${statusLines(state, width).join('\n')}\n`);
    return exitCodeOf(state.verdict);
  });
}

function jsonOf({ timelines: _timelines, ...state }: EngineState): string {
  return escapeControls(JSON.stringify(state));
}
