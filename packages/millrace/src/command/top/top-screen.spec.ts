import { describe, expect, it } from 'vitest';
import {
  anyEngineState,
  anyFinding,
  anyInput,
  anyObservedBatch,
  anyOutput,
  BEHIND,
  NOW_MS,
} from '../../../test/engine-states.ts';
import { rowOf } from '../observed/engine-view.ts';
import type { Connection, EngineMoment } from '../observed/follow-dashboard.ts';
import { displayWidth } from '../text/display-width.ts';
import { FIRST_CHOICES } from './top-choices.ts';
import { screenLines } from './top-screen.ts';

const HELD = anyObservedBatch({
  batchTime: NOW_MS - 3_000,
  state: 'held',
  outputs: [{ id: 0, name: 'write', attempts: 4, error: { message: 'no disk' } }],
});

function momentOf({
  state = anyEngineState(),
  batches = [anyObservedBatch({ state: 'running' }), HELD],
  connection = { kind: 'live' } as Connection,
} = {}): EngineMoment {
  const { inputs, graph: _graph, timelines: _timelines, ...summary } = state;
  return { view: { summary, inputs, batches: batches.map(rowOf) }, connection };
}

const textOf = (moment: EngineMoment, columns = 80, rows = 24, choices = FIRST_CHOICES) =>
  screenLines(moment, choices, { columns, rows }).map(({ text }) => text);

describe('the screen of top', () => {
  it('shows the lease and the hosts of a cluster', () => {
    const lease = { state: 'in-charge', sinceMs: NOW_MS - 720_000, epoch: 3, isCertain: false } as const;
    const host = {
      name: 'a',
      state: 'alive',
      executors: 2,
      slots: 4,
      runningTasks: 1,
      receivers: 1,
    } as const;
    const text = textOf(momentOf({ state: anyEngineState({ lease, hosts: [host] }) }));
    expect(text).toContain('lease: in charge for 12 min, epoch 3, not certain: no job begins');
    expect(text).toContain('cluster: 1 host, 2 executors, 1 of 4 slots busy');
    expect(text).toHaveLength(24);
  });

  it('shows an engine at 80 × 24', () => {
    const state = anyEngineState({
      verdict: BEHIND,
      inputs: [
        anyInput(),
        anyInput({ streamId: 1, name: 'http 8080 [1]', state: 'restarting', restarts: 5 }),
      ],
    });
    expect(textOf(momentOf({ state }))).toEqual([
      'orders  active  up 2 h 13 min  every 1.00 s                   12:03:17 UTC  live',
      'BEHIND since 12:02:17 UTC: Falling behind since 12:02: batches take 1.3 × their',
      'interval. Output `write` has 82 % of it; receiver `kafka orders [0]` brings 91 %',
      'of the records. Add an executor, lower `receiving.maxRate`, or raise the interv…',
      'also WARNING since 12:02:17 UTC: The last checkpoint is 12 min old.',
      '1 batch queued, processing 380 ms, p95 420 ms, total delay p95 420 ms',
      '',
      'input             state       records/s  limit     lag  waiting  restarts',
      'http 8080 [1]     restarting      4,200  4,200  38,000      840         5',
      'kafka orders [0]  active          4,200  4,200  38,000      840         0',
      '',
      'output                       share     p50     p95     max  retries  failures',
      'foreachPartition at 3-write   82 %  380 ms  420 ms  510 ms        0         0',
      '',
      'batch (UTC)  state    records  scheduling  processing   total  failure',
      '12:03:16     running    4,200        0 ms      380 ms  382 ms',
      '12:03:14     held       4,200        0 ms      380 ms  382 ms  write: no disk',
      ...Array<string>(6).fill(''),
      'q quit   s inputs by attention   f batches: all   / search',
    ]);
  });

  it('marks lines that need attention', () => {
    const state = anyEngineState({
      verdict: BEHIND,
      inputs: [anyInput({ state: 'restarting' }), anyInput({ state: 'failed' })],
    });
    const tones = screenLines(momentOf({ state }), FIRST_CHOICES, { columns: 80, rows: 24 })
      .filter(({ tone }) => tone !== 'plain')
      .map(({ tone, text }) => `${tone}: ${text.slice(0, 6)}`);
    expect(tones).toEqual([
      'head: orders',
      'behind: BEHIND',
      'behind: interv',
      'behind: of the',
      'warning: also W',
      'head: input ',
      'failed: kafka ',
      'behind: kafka ',
      'head: output',
      'head: batch ',
      'failed: 12:03:',
      'quiet: q quit',
    ]);
  });

  it('says when the view is old, and why questions are asked', () => {
    const lines = textOf(momentOf({ connection: { kind: 'lost', reason: 'connection refused' } }));
    expect(lines[0]).toMatch(/12:03:17 UTC {2}lost$/);
    expect(lines).toContain('lost: connection refused');
  });

  it('shows a part of many rows, and how many there are', () => {
    const state = anyEngineState({
      verdict: { ...BEHIND, others: Array.from({ length: 5 }, () => anyFinding()) },
      inputs: Array.from({ length: 1_000 }, (_, streamId) =>
        anyInput({ streamId, name: `kafka [${streamId}]` }),
      ),
      outputs: Array.from({ length: 30 }, (_, id) => anyOutput({ id, name: `print at ${id}` })),
    });
    const batches = Array.from({ length: 100 }, (_, index) =>
      anyObservedBatch({ batchTime: NOW_MS - index * 1_000 }),
    );
    const lines = textOf(momentOf({ state, batches }), 120, 40);
    expect(lines.some((line) => line.startsWith('also (and 3 more) GOOD'))).toBe(true);
    expect(lines.some((line) => line.startsWith('input (10 of 1,000)'))).toBe(true);
    expect(lines.some((line) => line.startsWith('output (4 of 30)'))).toBe(true);
    expect(lines.filter((line) => /^\d\d:\d\d:\d\d/.test(line))).toHaveLength(12);
  });

  it('gives rows without batches to inputs', () => {
    const inputs = Array.from({ length: 14 }, (_, streamId) =>
      anyInput({ streamId, name: `kafka [${streamId}]` }),
    );
    const lines = textOf(momentOf({ state: anyEngineState({ inputs }), batches: [] }));
    expect(lines.filter((line) => line.startsWith('kafka ['))).toHaveLength(13);
  });

  it('shows what is being typed, and the choices', () => {
    const typed = textOf(momentOf(), 80, 24, { ...FIRST_CHOICES, search: 'ord', isTyping: true });
    expect(typed.at(-1)).toBe('/ord_  (Enter: done, Esc: all)');
    const chosen = textOf(momentOf(), 60, 24, {
      order: 'rate',
      filter: 'slow',
      search: 'ord',
      isTyping: false,
    });
    expect(chosen.at(-1)).toBe('q quit  s rate  f slow  / "ord" (Esc: all)');
  });

  it.each([60, 66, 72, 80, 100, 120, 200])('fits %i columns and any number of rows', (columns) => {
    const name = `\u001b[2J注文 ${'orders '.repeat(50)}\n🛒`;
    const state = anyEngineState({
      application: name,
      verdict: {
        ...BEHIND,
        words: `${name.repeat(20)}${'x'.repeat(500)}`,
        others: [anyFinding({ words: name })],
      },
      inputs: Array.from({ length: 9 }, (_, streamId) =>
        anyInput({ streamId, name, recordsPerSecond: 123_456_789, lagRecords: 9_999_999, executorId: name }),
      ),
      outputs: [
        anyOutput({ name }),
        anyOutput({ id: 1, name: 'a', durationMs: { p50: 1e9, p95: 1e9, p99: 1e9, max: 1e9 } }),
      ],
    });
    const batches = [HELD, anyObservedBatch({ recordCount: 1e12, totalDelayMs: 1e9, recordErrors: 5 })];
    for (const rows of [4, 8, 10, 16, 24, 40, 60]) {
      const connection: Connection = { kind: 'polling', reason: name };
      const lines = textOf(momentOf({ state, batches, connection }), columns, rows);
      expect(lines).toHaveLength(rows);
      for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(columns);
      expect(lines.join('\n')).not.toContain('\u001b');
      expect(lines.at(-1)).toMatch(/^q quit/);
    }
  });
});
