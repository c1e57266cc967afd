// A real terminal with a shell inside, by tmux: a test types, and reads the screen as a person sees the screen.
import { execFileSync, spawnSync } from 'node:child_process';

/** True when tmux is installed. @throws Error when tmux is required, as in CI, and missing. */
export function hasTmux(): boolean {
  if (spawnSync('tmux', ['-V']).status === 0) return true;
  if (process.env['MILLRACE_SERVERS'] !== 'required') return false;
  throw new Error('tmux is required and not installed: tools/servers/commands.sh install');
}

let terminals = 0;

/** A terminal of its own server, so that a test disturbs nobody's sessions. */
export class TmuxTerminal {
  readonly #socket: string;

  /** Starts a shell with the prompt `$ ` in a terminal of this size. */
  constructor(columns: number, rows: number) {
    this.#socket = `millrace-test-${process.pid}-${(terminals += 1)}`;
    const shell = "env PS1='$ ' bash --norc --noprofile";
    this.#tmux('-f', '/dev/null', 'new-session', '-d', '-x', String(columns), '-y', String(rows), shell);
  }

  /** Types text, and presses Enter. */
  enter(line: string): void {
    this.#tmux('send-keys', '-l', '--', line);
    this.press('Enter');
  }

  /** Presses keys by their names in tmux: `q`, `Enter`, `C-c`. */
  press(...keys: readonly string[]): void {
    this.#tmux('send-keys', ...keys);
  }

  resize(columns: number, rows: number): void {
    this.#tmux('resize-window', '-x', String(columns), '-y', String(rows));
  }

  /** The lines of the screen, without spaces at their ends. */
  screen(): readonly string[] {
    return this.#tmux('capture-pane', '-p')
      .split('\n')
      .slice(0, -1)
      .map((line) => line.trimEnd());
  }

  /** The screen with the sequences of its colours. */
  colours(): string {
    return this.#tmux('capture-pane', '-p', '-e');
  }

  /** The process id of the shell. */
  get shellPid(): number {
    return Number(this.#tmux('display-message', '-p', '#{pane_pid}'));
  }

  /** True while the program shows the alternate screen. */
  get isAlternate(): boolean {
    return this.#tmux('display-message', '-p', '#{alternate_on}').trim() === '1';
  }

  get isCursorShown(): boolean {
    return this.#tmux('display-message', '-p', '#{cursor_flag}').trim() === '1';
  }

  close(): void {
    spawnSync('tmux', ['-L', this.#socket, 'kill-server']);
  }

  #tmux(...args: readonly string[]): string {
    return execFileSync('tmux', ['-L', this.#socket, ...args], { encoding: 'utf8', timeout: 60_000 });
  }
}
