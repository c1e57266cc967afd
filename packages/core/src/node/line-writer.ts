// Asynchronous output of lines to a file or a pipe. The caller never waits and receives no errors: lines are collected
// during a write, and the next write takes all collected lines. Unwritable lines (a full disk, a closed pipe) are lost,
// and so are lines beyond a bound behind a stalled reader; the number of lost lines is written as soon as writing works
// again. At the end of the process the waiting lines are written at once.
import { closeSync, openSync, write, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeDirectoriesSync } from './make-directories.ts';
import { systemCode } from './storage-failure.ts';

/** The largest number of waiting characters. */
const WAITING_MAX = 8 * 1024 * 1024;

/** The delay before writing to a full pipe again. */
const FULL_PIPE_WAIT_MS = 20;

/** The number of attempts on a full pipe at the end of the process: the reader has one second. */
const FULL_PIPE_TRIES_AT_EXIT = 50;

/** The target: a file descriptor of the process, or the end of a file, created with its directory when absent. */
export type LineTarget = { readonly descriptor: number } | { readonly file: string };

/** Writes lines in the background, in order. */
export class LineWriter {
  readonly #target: LineTarget;
  #descriptor: number | undefined;
  #waiting: string[] = [];
  #waitingLength = 0;
  #lost = 0;
  #isWriting = false;
  readonly #writeAtExit = (): void => this.#writeRestNow();

  constructor(target: LineTarget) {
    this.#target = target;
  }

  /** Accepts a line that ends with `\n`. Returns at once, never throws. */
  write(line: string): void {
    if (this.#waitingLength + line.length > WAITING_MAX) {
      this.#lost += 1;
      return;
    }
    this.#waiting.push(line);
    this.#waitingLength += line.length;
    if (this.#isWriting) return;
    this.#isWriting = true;
    process.on('exit', this.#writeAtExit);
    this.#writeNext();
  }

  #writeNext(): void {
    const chunk = this.#takeWaiting();
    if (chunk.byteLength > 0) return this.#writeChunk(chunk);
    this.#isWriting = false;
    process.off('exit', this.#writeAtExit);
  }

  #writeChunk(chunk: Buffer): void {
    const descriptor = this.#open();
    if (descriptor === undefined) return this.#giveUp(chunk);
    write(descriptor, chunk, (error, written) => {
      if (error === null) return this.#writeRest(chunk.subarray(written));
      if (error.code !== 'EAGAIN') return this.#giveUp(chunk);
      setTimeout(() => this.#writeChunk(chunk), FULL_PIPE_WAIT_MS);
    });
  }

  #writeRest(rest: Buffer): void {
    if (rest.byteLength > 0) this.#writeChunk(rest);
    else this.#writeNext();
  }

  /** Counts the lines of a chunk as lost, and continues in a later turn: the next write may work. */
  #giveUp(chunk: Buffer): void {
    this.#lost += chunk.toString().split('\n').length - 1;
    this.#closeFile();
    setImmediate(() => this.#writeNext());
  }

  #takeWaiting(): Buffer {
    if (this.#waiting.length === 0) return Buffer.alloc(0);
    const note =
      this.#lost === 0
        ? ''
        : `${JSON.stringify({ level: 'warn', msg: 'log lines lost', lines: this.#lost })}\n`;
    const chunk = Buffer.from(note + this.#waiting.join(''));
    this.#waiting = [];
    this.#waitingLength = 0;
    this.#lost = 0;
    return chunk;
  }

  #writeRestNow(): void {
    const descriptor = this.#open();
    if (descriptor === undefined) return;
    let rest = this.#takeWaiting();
    for (let tries = 0; rest.byteLength > 0 && tries < FULL_PIPE_TRIES_AT_EXIT;) {
      try {
        rest = rest.subarray(writeSync(descriptor, rest));
      } catch (error) {
        if (systemCode(error) !== 'EAGAIN') return;
        tries += 1;
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, FULL_PIPE_WAIT_MS);
      }
    }
  }

  /** The descriptor for writing; undefined when the file cannot be opened, which may work later. */
  #open(): number | undefined {
    if ('descriptor' in this.#target) return this.#target.descriptor;
    if (this.#descriptor !== undefined) return this.#descriptor;
    try {
      makeDirectoriesSync(dirname(this.#target.file));
      this.#descriptor = openSync(this.#target.file, 'a');
    } catch {
      return undefined;
    }
    return this.#descriptor;
  }

  #closeFile(): void {
    if (this.#descriptor === undefined) return;
    const descriptor = this.#descriptor;
    this.#descriptor = undefined;
    try {
      closeSync(descriptor);
    } catch {
      // The write failed, and closing may fail as well: the descriptor is not used again in either case.
    }
  }
}
