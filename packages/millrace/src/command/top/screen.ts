// The live screen of a terminal: frames on the alternate screen, which leaves the lines of the shell untouched. However the
// process ends, the terminal is as before.
import type { Terminal } from '../terminal/terminal.ts';
import type { ScreenLine, Tone } from './top-screen.ts';

const ESC = '\u001b[';
/** Alternate screen, no cursor, no wrapping: a letter of unknown width moves no other line. */
const ENTER = `${ESC}?1049h${ESC}?25l${ESC}?7l`;
const LEAVE = `${ESC}?7h${ESC}?25h${ESC}?1049l`;
/** Terminals that know these show a frame at once; others ignore them. */
const BEGIN_FRAME = `${ESC}?2026h${ESC}H`;
const END_FRAME = `${ESC}?2026l`;
const RESET = `${ESC}0m`;
/** Before the text: behind a full line, the cursor is still on the last letter. */
const CLEAR_LINE = `${ESC}K`;

/** The colours of the terminal's own scheme, so that both light and dark schemes are readable. */
const COLOURS: Readonly<Record<Tone, string>> = {
  failed: `${ESC}1;31m`,
  behind: `${ESC}1;35m`,
  limited: `${ESC}36m`,
  warning: `${ESC}33m`,
  good: `${ESC}32m`,
  head: `${ESC}1m`,
  quiet: `${ESC}2m`,
  plain: '',
};

/** Draws frames until it is left. */
export class Screen {
  readonly #terminal: Terminal;
  readonly #forgetExit: () => void;
  #isOpen = true;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
    this.#forgetExit = terminal.onExit(() => this.leave());
    terminal.write(ENTER);
  }

  /** Draws the lines, as many as the screen has rows. A frame for a slow terminal is left out. */
  draw(lines: readonly ScreenLine[]): void {
    if (!this.#isOpen || this.#terminal.isBusy) return;
    const content = lines.map((line) => CLEAR_LINE + this.#styled(line)).join('\r\n');
    this.#terminal.write(BEGIN_FRAME + content + END_FRAME);
  }

  /** Gives the terminal back. May be repeated. */
  leave(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#forgetExit();
    this.#terminal.write(LEAVE);
  }

  #styled({ text, tone }: ScreenLine): string {
    const colour = this.#terminal.hasColour ? (COLOURS[tone] ?? '') : '';
    return colour === '' ? text : colour + text + RESET;
  }
}
