import { describe, expect, it } from 'vitest';
import { fetchOf } from '../../../test/dashboard-answers.ts';
import { anyEngineState, anyObservedBatch, NOW_MS } from '../../../test/engine-states.ts';
import { runAsked } from '../../../test/surroundings.ts';
import { readCommandLine } from '../command-line.ts';

const HELD = anyObservedBatch({
  batchTime: NOW_MS - 5_000,
  state: 'held',
  isRerun: true,
  recordErrors: 3,
  deadLetters: 2,
  outputs: [
    { id: 0, name: 'print at 1-map', startMs: NOW_MS, endMs: NOW_MS + 3, attempts: 1 },
    {
      id: 2,
      name: 'foreachPartition at 3-write',
      startMs: NOW_MS,
      endMs: NOW_MS + 9_000,
      attempts: 4,
      error: {
        message: 'disk full\nsecond line',
        code: 'ENOSPC',
        stack: 'Error: disk full\n    at write (a.ts:1:2)',
      },
    },
    { id: 3, name: 'count at 4-count', attempts: 0 },
  ],
});
const SHOWN = {
  state: anyEngineState({
    batches: { queued: 1, notMade: 0, held: [HELD.batchTime], oldestDelayMs: 0, unallocatedRecords: 0 },
  }),
  batches: [anyObservedBatch(), HELD],
};
const run = (argv: readonly string[], shown = SHOWN) =>
  runAsked(readCommandLine(['batch', ...argv]), { fetch: fetchOf(shown) });

describe('millrace batch', () => {
  it('prints the oldest held batch with its error', async () => {
    const { output, exitCode } = await run(['held']);
    expect(exitCode).toBe(0);
    expect(output.split('\n')).toEqual([
      `batch 2026-11-30T12:03:12.000Z (${HELD.batchTime}): held, re-run`,
      '4,200 records, 410 KiB; 3 record errors, 2 dead letters',
      'scheduling delay 0 ms, processing 380 ms, total delay 382 ms',
      'phases: generator lag 0.5 ms (0 %), allocate 1 ms (0 %), generate 0.5 ms (0 %), queue 0 ms (0 %), process 380 ms (99 %)',
      '',
      'input             records     size  blocks',
      'kafka orders [0]    4,200  410 KiB       5',
      '',
      'output                       number  duration  attempts  outcome',
      'print at 1-map                    0      3 ms         1  succeeded',
      'foreachPartition at 3-write       2    9.00 s         4  failed',
      'count at 4-count                  3         -         0  waits',
      '',
      'foreachPartition at 3-write: ENOSPC: disk full',
      'second line',
      '    at write (a.ts:1:2)',
      '',
    ]);
  });

  it('finds batches by their time and the newest one', async () => {
    for (const which of [String(HELD.batchTime), '2026-11-30T12:03:12Z'])
      expect((await run([which])).output).toContain(`(${HELD.batchTime}): held`);
    expect((await run(['latest'])).output).toContain(`(${NOW_MS - 1_000}): succeeded\n`);
    expect(JSON.parse((await run(['held', '--json'])).output)).toEqual(HELD);
  });

  it('ends with 1 when there is no such batch', async () => {
    const empty = { state: anyEngineState(), batches: [] };
    expect(await run(['7'])).toEqual({
      exitCode: 1,
      output: '',
      warnings: 'batch 7 is not among the batches that the engine remembers\n',
    });
    expect(await run(['held'], empty)).toMatchObject({ exitCode: 1, warnings: 'no batch is held\n' });
    expect(await run(['latest'], empty)).toMatchObject({ exitCode: 1, warnings: 'no batch yet\n' });
  });

  it('ends with 3 without a dashboard', async () => {
    expect(await runAsked(readCommandLine(['batch', 'latest']))).toMatchObject({ exitCode: 3 });
  });

  it('escapes control characters', async () => {
    const batches = [
      anyObservedBatch({
        inputs: [
          {
            streamId: 0,
            name: '\u001b[2J',
            recordCount: 1,
            sizeBytes: 1,
            blockCount: 1,
            description: 'a\nb\u009b',
          },
        ],
        outputs: [{ id: 0, name: 'a', attempts: 1, error: { message: '\u001b]0;title\u0007' } }],
      }),
    ];
    const { output } = await run(['latest'], { ...SHOWN, batches });
    // oxlint-disable-next-line no-control-regex -- the control characters are the subject
    expect(output).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
    expect(output).toContain(String.raw`a\nb\u009b`);
  });
});
