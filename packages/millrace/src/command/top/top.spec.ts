import { ManualClock } from '@millrace/core';
import { settle } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { FakeTerminal } from '../../../test/fake-terminal.ts';
import { eventText, FixtureChannel, fetchOf, snapshotOf } from '../../../test/dashboard-answers.ts';
import {
  anyEngineState,
  anyInput,
  anyObservedBatch,
  anyVerdict,
  BEHIND,
  NOW_MS,
} from '../../../test/engine-states.ts';
import { runAsked } from '../../../test/surroundings.ts';
import { readCommandLine } from '../command-line.ts';
import type { CommandSurroundings } from '../command-surroundings.ts';

const ENTER = '\u001b[?1049h\u001b[?25l\u001b[?7l';
const LEAVE = '\u001b[?7h\u001b[?25h\u001b[?1049l';

function start(
  argv: readonly string[] = [],
  differences: Partial<CommandSurroundings> = {},
  hasColour = false,
) {
  const terminal = new FakeTerminal({ hasColour });
  const channel = new FixtureChannel();
  const clock = new ManualClock(NOW_MS);
  const stop = new AbortController();
  const state = anyEngineState({ inputs: [anyInput(), anyInput({ streamId: 1, name: 'http 8080 [1]' })] });
  const shown = { state, batches: [anyObservedBatch()] };
  const fetch = fetchOf(shown, async (signal) => {
    signal?.addEventListener('abort', () => channel.fail(signal.reason));
    return channel.response;
  });
  const outcome = runAsked(readCommandLine(['top', ...argv]), {
    fetch,
    clock,
    terminal,
    signal: stop.signal,
    ...differences,
  });
  const send = async (text: string) => {
    channel.write(text);
    await settle();
  };
  const snapshot = () => send(snapshotOf(shown));
  const verdict = (value: unknown) => send(eventText('verdict', value));
  return { terminal, channel, clock, stop, outcome, send, snapshot, verdict };
}

describe('millrace top on a terminal', () => {
  it('draws the engine, follows changes and gives the terminal back', async () => {
    const { terminal, snapshot, verdict, outcome } = start();
    await settle();
    expect(terminal.written).toBe('');
    await snapshot();
    expect(terminal.written.startsWith(ENTER)).toBe(true);
    expect(terminal.frame).toHaveLength(24);
    expect(terminal.frame[0]).toContain('orders  active');
    // Erased before the text: behind a full line the cursor is still on its last letter.
    expect(terminal.written).not.toMatch(/live\u001b\[K/); // oxlint-disable-line no-control-regex
    await verdict(BEHIND);
    expect(terminal.frame[1]).toMatch(/^BEHIND since/);
    terminal.press('q');
    expect(await outcome).toEqual({ exitCode: 0, output: '', warnings: '' });
    expect(terminal.written.endsWith(LEAVE)).toBe(true);
    expect(terminal.listeners).toBe(0);
  });

  it('answers keys and changes of the size at once', async () => {
    const { terminal, snapshot, outcome } = start();
    await snapshot();
    for (const key of ['/', 'h', 't', 't', 'p', 'return']) terminal.press(key);
    expect(terminal.frame.filter((line) => /^(kafka|http)/.test(line))).toEqual([
      expect.stringMatching(/^http 8080 \[1\]/),
    ]);
    terminal.resize(60, 12);
    expect(terminal.frame).toHaveLength(12);
    terminal.press('ctrl-c');
    expect(await outcome).toMatchObject({ exitCode: 130 });
    expect(terminal.written.endsWith(LEAVE)).toBe(true);
  });

  it('gives the terminal back when the process ends in another way', async () => {
    const { terminal, stop, snapshot, outcome } = start();
    await snapshot();
    terminal.exit();
    const { length } = terminal.written;
    expect(terminal.written.endsWith(LEAVE)).toBe(true);
    stop.abort();
    expect(await outcome).toMatchObject({ exitCode: 130 });
    expect(terminal.written).toHaveLength(length);
  });

  it('leaves out frames for a terminal that is behind', async () => {
    const { terminal, snapshot, verdict, outcome } = start();
    await snapshot();
    terminal.isBusy = true;
    const { length } = terminal.written;
    await verdict(BEHIND);
    expect(terminal.written).toHaveLength(length);
    terminal.isBusy = false;
    terminal.press('s');
    expect(terminal.frame[1]).toMatch(/^BEHIND/);
    terminal.press('q');
    await outcome;
  });

  it('colours lines only where colours are wanted', async () => {
    const { terminal, snapshot, outcome } = start([], {}, true);
    await snapshot();
    expect(terminal.written).toContain('\u001b[32mGOOD: Keeping up');
    terminal.press('q');
    await outcome;
    const plain = start();
    await plain.snapshot();
    expect(plain.terminal.written).not.toMatch(/\u001b\[\d+m/); // oxlint-disable-line no-control-regex
    plain.terminal.press('q');
    await plain.outcome;
  });

  it('says what happens when the dashboard is lost', async () => {
    const { terminal, channel, snapshot, outcome } = start();
    await snapshot();
    channel.end();
    await settle();
    expect(terminal.frame[0]).toMatch(/lost$/);
    expect(terminal.frame).toContain('lost: the dashboard has ended the connection');
    terminal.press('q');
    expect(await outcome).toMatchObject({ exitCode: 0 });
  });

  it('leaves the terminal alone when no dashboard answers', async () => {
    const terminal = new FakeTerminal();
    const outcome = await runAsked(readCommandLine(['top']), { terminal });
    expect(outcome).toMatchObject({ exitCode: 3, warnings: expect.stringContaining('connection refused') });
    expect(terminal.written).toBe('');
  });
});

describe('millrace top without a terminal', () => {
  it('prints a line a second, and one for each verdict', async () => {
    const { clock, snapshot, verdict, stop, outcome } = start([], { terminal: undefined });
    await snapshot();
    await verdict(anyVerdict());
    await clock.advance(1_000);
    await verdict(anyVerdict());
    await verdict(BEHIND);
    stop.abort();
    const { output, warnings, exitCode } = await outcome;
    expect(exitCode).toBe(130);
    expect(warnings).toBe('');
    const figures = '8,400 records/s, 1 batch queued, processing p95 420 ms, total delay p95 420 ms';
    expect(output.split('\n')).toEqual([
      `2026-11-30T12:03:17.000Z GOOD ${figures}: Keeping up: batches take 38 % of their interval; a record waits 0.7 s.`,
      expect.stringContaining(' GOOD '),
      expect.stringContaining(`BEHIND ${figures}: Falling behind since 12:02`),
      '',
    ]);
  });

  it('prints lines on a terminal with --plain, and the loss once', async () => {
    const { terminal, channel, snapshot, stop, outcome } = start(['--plain']);
    await snapshot();
    channel.end();
    await settle();
    stop.abort();
    const { output, warnings } = await outcome;
    expect(terminal.written).toBe('');
    expect(output.split('\n')).toHaveLength(2);
    expect(warnings).toBe('lost: the dashboard has ended the connection\n');
  });
});
