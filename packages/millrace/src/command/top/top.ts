// `millrace top [URL]`: an engine live, on the screen of a terminal or in lines.
import { type CommandExitCode, type CommandSurroundings, EXIT_CODES } from '../command-surroundings.ts';
import type { AddressOptions } from '../observed/dashboard-address.ts';
import { askDashboard } from '../observed/dashboard-command.ts';
import { followDashboard, type EngineMoment } from '../observed/follow-dashboard.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { plainTop } from './plain-top.ts';
import { Screen } from './screen.ts';
import { afterKey, FIRST_CHOICES } from './top-choices.ts';
import { screenLines } from './top-screen.ts';

/** The options of `top`. */
export interface TopOptions extends AddressOptions {
  /** Lines also on a terminal. */
  readonly plain: boolean;
}

/** Shows an engine until the person ends the command. */
export async function top(surroundings: CommandSurroundings, options: TopOptions): Promise<CommandExitCode> {
  const { clock, terminal } = surroundings;
  const leaving = new AbortController();
  const signal = AbortSignal.any([surroundings.signal, leaving.signal]);
  return askDashboard({ ...surroundings, signal }, options, async (client) => {
    const moments = followDashboard({ client, clock, signal });
    if (options.plain || terminal === undefined) {
      await plainTop(moments, surroundings);
      return EXIT_CODES.interrupted;
    }
    return onScreen(moments, terminal, () => leaving.abort());
  });
}

async function onScreen(
  moments: AsyncGenerator<EngineMoment>,
  terminal: Terminal,
  leave: () => void,
): Promise<CommandExitCode> {
  // The first moment comes first: without a dashboard the message belongs below the command.
  const first = await moments.next();
  if (first.done === true) return EXIT_CODES.interrupted;
  let moment = first.value;
  let choices = FIRST_CHOICES;
  let code: CommandExitCode = EXIT_CODES.interrupted;
  const screen = new Screen(terminal);
  const draw = (): void => screen.draw(screenLines(moment, choices, terminal.size));
  const releaseKeys = terminal.readKeys((key) => {
    const after = afterKey(choices, key);
    if (typeof after === 'string') {
      code = after === 'quit' ? EXIT_CODES.done : EXIT_CODES.interrupted;
      leave();
      return;
    }
    choices = after;
    draw();
  });
  const forgetResize = terminal.onResize(draw);
  try {
    draw();
    for await (moment of moments) draw();
  } finally {
    forgetResize();
    releaseKeys();
    screen.leave();
  }
  return code;
}
