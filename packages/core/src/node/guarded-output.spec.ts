import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { guardedOutput } from './guarded-output.ts';

function stream(failure?: NodeJS.ErrnoException) {
  const written: string[] = [];
  const made = new Writable({
    autoDestroy: false,
    write: (chunk: Buffer, _encoding, done) => {
      written.push(chunk.toString());
      done(failure);
    },
  });
  return { made, written };
}

const systemError = (code: string) => Object.assign(new Error(code), { code });
const turn = () => new Promise((resolve) => void setImmediate(resolve));

describe('guardedOutput', () => {
  it('writes', () => {
    const { made, written } = stream();
    guardedOutput(made).write('a');
    expect(written).toEqual(['a']);
  });

  it('is one object per stream, with one listener', () => {
    const { made } = stream();
    expect(guardedOutput(made)).toBe(guardedOutput(made));
    expect(made.listenerCount('error')).toBe(1);
  });

  it('reports the loss of the reader once, and writes no more', async () => {
    const { made, written } = stream(systemError('EPIPE'));
    const output = guardedOutput(made);
    let told = 0;
    output.onClosed(() => (told += 1));
    output.write('a');
    await turn();
    output.write('b');
    await turn();
    expect([told, written, output.isOpen]).toEqual([1, ['a'], false]);
  });

  it('reports at once to later listeners, and never to removed listeners', async () => {
    const { made } = stream(systemError('EPIPE'));
    const output = guardedOutput(made);
    const told: string[] = [];
    output.onClosed(() => told.push('gone'))();
    output.write('a');
    await turn();
    output.onClosed(() => told.push('late'));
    expect(told).toEqual(['late']);
  });

  it('survives a full disk and continues', async () => {
    const { made, written } = stream(systemError('ENOSPC'));
    const output = guardedOutput(made);
    output.write('a');
    await turn();
    expect([output.isOpen, written]).toEqual([true, ['a']]);
  });
});
