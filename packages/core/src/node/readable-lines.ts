// Log lines for people: the JSON of a line becomes one line with time, level, message and fields, and one more line for
// each error in the chain of causes. A terminal shows every character literally: control characters are escaped.
//
//   12:47:53.123 WARN  receiver failed, starting again  receiver="http 0.0.0.0:80" restartsInARow=1 delayMs=2000
//                MR_HTTP_ADDRESS_IN_USE: expected 0.0.0.0:80 to be free, another program listens there
//                caused by Error: listen EADDRINUSE
import { styleText } from 'node:util';
import { escapeControls } from '../text/escape-controls.ts';

type Fields = Readonly<Record<string, unknown>>;
type Style = Parameters<typeof styleText>[0];

const STYLES: Readonly<Record<string, Style>> = {
  debug: 'gray',
  info: 'green',
  warn: 'yellow',
  error: 'red',
};

/** Below the message: as wide as time and level. */
const INDENT = ' '.repeat(19);
/** The deepest shown cause. */
const CAUSES_MAX = 5;
/** The characters of one shown value; the JSON form of a log has the rest. */
const VALUE_CHARACTERS_MAX = 2_000;

/** Turns a line of JSON into lines for people, each with `\n`. Text of another form is shown as text. */
export function readableLine(line: string, isColored: boolean): string {
  const fields = parsed(line);
  if (fields === undefined) return `${escapeControls(line.trimEnd())}\n`;
  const { time, level, msg, error, ...others } = fields;
  const paint = (style: Style, text: string): string =>
    isColored ? styleText(style, text, { validateStream: false }) : text;
  const name = typeof level === 'string' ? level : '';
  const head = [
    paint('gray', clockTime(time)),
    paint(STYLES[name] ?? 'reset', name.toUpperCase().padEnd(5)),
    escapeControls(plainText(msg)),
  ].join(' ');
  const shown = Object.entries(others).map(([key, value]) => paint('gray', `${word(key)}=${text(value)}`));
  const tail = shown.length === 0 ? '' : `  ${shown.join(' ')}`;
  const below = errorLines(error).map((one) => `${INDENT}${one}\n`);
  return `${head}${tail}\n${below.join('')}`;
}

function parsed(line: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Fields)
      : undefined;
  } catch {
    return undefined;
  }
}

/** The time of day on this machine, in 12 characters. */
function clockTime(time: unknown): string {
  const date = new Date(typeof time === 'string' ? time : Number.NaN);
  if (Number.isNaN(date.getTime())) return '--:--:--.---';
  const two = (part: number): string => String(part).padStart(2, '0');
  const ms = String(date.getMilliseconds()).padStart(3, '0');
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${ms}`;
}

/**
 * A coded error is told by code and message; any other error also by its stack, because a mistake in code is found by
 * its place.
 */
function errorLines(error: unknown): string[] {
  if (error === undefined || error === null) return [];
  if (typeof error !== 'object') return [`error ${text(error)}`];
  const lines: string[] = [];
  let next: unknown = error;
  for (let depth = 0; depth < CAUSES_MAX && typeof next === 'object' && next !== null; depth += 1) {
    const { name, message, code, stack, cause }: Fields = next as Fields;
    const what = typeof code === 'string' ? code : plainText(name, 'Error');
    const cut = escapeControls(plainText(message).slice(0, VALUE_CHARACTERS_MAX));
    lines.push(`${depth === 0 ? '' : 'caused by '}${escapeControls(what)}: ${cut}`);
    if (typeof code !== 'string' && typeof stack === 'string')
      for (const frame of framesOf(stack)) lines.push(frame);
    next = cause;
  }
  return lines;
}

/** The frames outside of Node itself. */
function framesOf(stack: string): string[] {
  const frames = stack.split('\n').filter((frame) => /^\s*at (?!.*\bnode:)/.test(frame));
  return frames.map((frame) => `  ${escapeControls(frame.trim())}`);
}

function plainText(value: unknown, otherwise = ''): string {
  return typeof value === 'string' ? value : otherwise;
}

function word(name: string): string {
  return escapeControls(name);
}

/** A plain word as it is; anything else as JSON, so that every value is one piece. */
function text(value: unknown): string {
  const isWord = typeof value === 'string' && /^[\w./:@%+-]+$/.test(value);
  const shown = isWord ? value : (JSON.stringify(value) ?? String(value));
  const cut = shown.length > VALUE_CHARACTERS_MAX ? `${shown.slice(0, VALUE_CHARACTERS_MAX)}…` : shown;
  return escapeControls(cut);
}
