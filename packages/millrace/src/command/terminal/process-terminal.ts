// The terminal of the process.
import { emitKeypressEvents, type Key as ReadlineKey } from 'node:readline';
import type { ReadStream, WriteStream } from 'node:tty';
import type { Key, Terminal } from './terminal.ts';

/** Some terminals report no size, or a size of zero. */
const USUAL = { columns: 80, rows: 24 };

/**
 * The terminal of the process; undefined when standard input or output is none, and for `TERM=dumb`. `NO_COLOR` switches
 * colours off, not the screen (https://no-color.org).
 */
export function processTerminal(
  { stdin, stdout }: { readonly stdin: ReadStream; readonly stdout: WriteStream },
  { TERM: kind, NO_COLOR: noColour = '' }: Readonly<Record<string, string | undefined>>,
): Terminal | undefined {
  if (!stdin.isTTY || !stdout.isTTY || kind === 'dumb') return undefined;
  return {
    get size() {
      return { columns: stdout.columns || USUAL.columns, rows: stdout.rows || USUAL.rows };
    },
    get isBusy() {
      return stdout.writableNeedDrain;
    },
    hasColour: noColour === '',
    write: (text) => void stdout.write(text),
    readKeys: (onKey) => {
      const listen = (text: string | undefined, key: ReadlineKey): void => onKey(keyOf(text, key));
      emitKeypressEvents(stdin);
      stdin.setRawMode(true);
      stdin.on('keypress', listen).resume();
      return () => {
        stdin.off('keypress', listen).pause();
        stdin.setRawMode(false);
      };
    },
    onResize: (listen) => {
      stdout.on('resize', listen);
      return () => void stdout.off('resize', listen);
    },
    onExit,
  };
}

/** These end a process without the event `exit`. */
const ENDING = ['SIGTERM', 'SIGHUP'] as const;

function onExit(listen: () => void): () => void {
  const onSignal = (signal: NodeJS.Signals): void => {
    listen();
    remove();
    // Now without a handler: the process ends by the signal, as its parent expects.
    process.kill(process.pid, signal);
  };
  const remove = (): void => {
    process.off('exit', listen);
    for (const signal of ENDING) process.off(signal, onSignal);
  };
  process.on('exit', listen);
  for (const signal of ENDING) process.on(signal, onSignal);
  return remove;
}

function keyOf(text: string | undefined, { name, ctrl = false, meta = false }: ReadlineKey): Key {
  const isTyped = text !== undefined && !ctrl && !meta && /^[^\p{Cc}]+$/u.test(text);
  return { name: name ?? text ?? '', ctrl, text: isTyped ? text : '' };
}
