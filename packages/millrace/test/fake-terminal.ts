// A terminal in memory: keys and sizes by a test, and everything that was written.
import { stripVTControlCharacters } from 'node:util';
import type { Key, Terminal } from '../src/command/terminal/terminal.ts';

/** A fake terminal. */
export class FakeTerminal implements Terminal {
  size: { columns: number; rows: number };
  isBusy = false;
  readonly hasColour: boolean;
  /** Everything that was written, with control sequences. */
  written = '';
  readonly #onKey = new Set<(key: Key) => void>();
  readonly #onResize = new Set<() => void>();
  readonly #onExit = new Set<() => void>();

  constructor({ columns = 80, rows = 24, hasColour = false } = {}) {
    this.size = { columns, rows };
    this.hasColour = hasColour;
  }

  write(text: string): void {
    this.written += text;
  }

  readKeys(onKey: (key: Key) => void): () => void {
    this.#onKey.add(onKey);
    return () => void this.#onKey.delete(onKey);
  }

  onResize(listen: () => void): () => void {
    this.#onResize.add(listen);
    return () => void this.#onResize.delete(listen);
  }

  onExit(listen: () => void): () => void {
    this.#onExit.add(listen);
    return () => void this.#onExit.delete(listen);
  }

  /** Presses a key, for instance `q`, `return` or `ctrl-c`. */
  press(name: string): void {
    const ctrl = name.startsWith('ctrl-');
    const key = ctrl
      ? { name: name.slice(5), ctrl, text: '' }
      : { name, ctrl, text: name.length === 1 ? name : '' };
    for (const onKey of this.#onKey) onKey(key);
  }

  resize(columns: number, rows: number): void {
    this.size = { columns, rows };
    for (const listen of this.#onResize) listen();
  }

  exit(): void {
    for (const listen of this.#onExit) listen();
  }

  /** The lines of the newest frame, without control sequences. */
  get frame(): readonly string[] {
    const text = stripVTControlCharacters(this.written.split('\u001b[?2026h').at(-1) ?? '');
    return text.split('\r\n');
  }

  /** The registered listeners: 0 when everything was given back. */
  get listeners(): number {
    return this.#onKey.size + this.#onResize.size + this.#onExit.size;
  }
}
