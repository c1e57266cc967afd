import { describe, expect, it } from 'vitest';
import { asResponse, fetchOf } from '../../../test/dashboard-answers.ts';
import {
  anyEngineState,
  anyInput,
  anyOutput,
  anyVerdict,
  BEHIND,
  NOW_MS,
} from '../../../test/engine-states.ts';
import { runAsked } from '../../../test/surroundings.ts';
import { readCommandLine } from '../command-line.ts';
import { displayWidth } from '../text/display-width.ts';

const run = (state = anyEngineState(), argv: readonly string[] = [], environment = {}) =>
  runAsked(readCommandLine(['status', ...argv]), { fetch: fetchOf({ state, batches: [] }), environment });

describe('millrace status', () => {
  it('ends with the verdict: 0 keeping up, 1 behind, 2 failed', async () => {
    const levels = ['good', 'limited', 'warning', 'behind', 'failed'] as const;
    const codes = [];
    for (const level of levels)
      codes.push((await run(anyEngineState({ verdict: anyVerdict({ level }) }))).exitCode);
    expect(codes).toEqual([0, 0, 0, 1, 2]);
  });

  it('takes an unknown level for a failure', async () => {
    const verdict = { ...anyVerdict(), level: 'toString' as 'good' };
    expect((await run(anyEngineState({ verdict }))).exitCode).toBe(2);
  });

  it('ends with 3 when no dashboard answers, or asks for a token', async () => {
    const silent = await runAsked(readCommandLine(['status']));
    expect(silent).toMatchObject({ exitCode: 3, output: '' });
    expect(silent.warnings).toMatch(
      /^cannot reach a dashboard at http:\/\/127\.0\.0\.1:4040\/: connection refused; .*\n$/,
    );
    const shown = { state: anyEngineState(), batches: [], token: 'the-right-token' };
    const asked = readCommandLine(['status', '--token', 'the-wrong-token']);
    const refused = await runAsked(asked, { fetch: fetchOf(shown) });
    expect(refused).toMatchObject({ exitCode: 3, warnings: expect.not.stringContaining('the-wrong-token') });
    const environment = { MILLRACE_TOKEN: 'the-right-token' };
    expect(await runAsked(readCommandLine(['status']), { fetch: fetchOf(shown), environment })).toMatchObject(
      {
        exitCode: 0,
      },
    );
    expect(await runAsked(readCommandLine(['status', 'ftp://x']))).toMatchObject({ exitCode: 3 });
  });

  it('prints the verdict first, then the figures', async () => {
    const state = anyEngineState({
      verdict: BEHIND,
      batches: { queued: 3, notMade: 2, held: [], oldestDelayMs: 2_500, unallocatedRecords: 0 },
      inputs: [
        anyInput(),
        anyInput({ streamId: 1, name: 'queue [1]', isReceiver: false, recordsPerSecond: 7 }),
      ],
      checkpoints: {
        lastMs: NOW_MS - 720_000,
        sizeBytes: 2_048,
        completed: 3,
        failures: 1,
        failuresInARow: 1,
      },
      log: { sizeBytes: 1_048_576, segments: 2, syncs: 7, errors: 0 },
      logFullInMs: 840_000,
    });
    const { output } = await run(state);
    expect(output.split('\n')).toEqual([
      expect.stringMatching(
        /^BEHIND since 12:02:17 UTC: Falling behind since 12:02: batches take 1\.3 × .* to 2 s\.$/,
      ),
      '  also WARNING since 12:02:17 UTC: The last checkpoint is 12 min old.',
      'orders: active for 2 h 13 min, a batch every 1.00 s; 3 batches queued, 2 due and not made, the oldest waits 2.50 s',
      'newest completed batch: 2026-11-30T12:03:16.000Z; 7,980 batches with 1,200,000 records',
      'delays (p50, p95, max): scheduling 0 ms, 1 ms, 12 ms; processing 380 ms, 420 ms, 510 ms; total 380 ms, 420 ms, 510 ms',
      'checkpoint: 12 min old, 2.00 KiB, 1 failure in a row',
      'log: 1.00 MiB in 2 segments, 0 errors, full in 14 min at this rate',
      '',
      expect.stringMatching(
        /^input +state +records\/s +limit +because +lag +lag\/s +waiting +unacked +restarts/,
      ),
      expect.stringMatching(/^kafka orders \[0\] +active +4,200 +4,200 +estimate +38,000 +\+300 +840 +12 +0/),
      expect.stringMatching(/^queue \[1\] +no receiver +7 /),
      '',
      expect.stringMatching(/^output +share +p50 +p95 +max +retries +failures$/),
      expect.stringMatching(/^foreachPartition at 3-write +82 % +380 ms +420 ms +510 ms +0 +0$/),
      '',
    ]);
  });

  it('names the failure, held batches and lost records', async () => {
    const base = anyEngineState();
    const { output } = await run(
      anyEngineState({
        failure: { message: 'no disk', code: 'MR_WAL_FULL', timeMs: NOW_MS },
        batches: { ...base.batches, queued: 1, held: [NOW_MS - 5_000] },
        totals: { ...base.totals, failedBatches: 1, deadLetters: 2, lateRecords: 1 },
      }),
    );
    expect(output).toContain('error: MR_WAL_FULL: no disk\n');
    expect(output).toContain(`held: batch 2026-11-30T12:03:12.000Z, millrace batch ${NOW_MS - 5_000}\n`);
    expect(output).toContain('since the start: 1 failed batch, 2 dead letters, 1 late record\n');
  });

  it('prints JSON without timelines', async () => {
    const { output, exitCode } = await run(anyEngineState({ verdict: BEHIND }), ['--json']);
    const { timelines: _timelines, ...state } = anyEngineState({ verdict: BEHIND });
    expect(JSON.parse(output)).toEqual(state);
    expect(output.trimEnd()).not.toContain('\n');
    expect(exitCode).toBe(1);
  });

  it('shows names of any letters and length in lines of bounded width', async () => {
    const name = `\u001b[2J${'注文'.repeat(5_000)}\n`;
    const state = anyEngineState({
      application: name,
      inputs: Array.from({ length: 1_000 }, (_, streamId) => anyInput({ streamId, name })),
      outputs: [anyOutput({ name })],
    });
    const { output } = await run(state);
    expect(output).not.toContain('\u001b');
    expect(output).toContain('… and 950 more; --json has all');
    for (const line of output.split('\n').slice(4)) expect(displayWidth(line)).toBeLessThanOrEqual(120);
  });

  it('says when the answer is of another version', async () => {
    const fetch = async () => asResponse({ status: 200, type: 'application/json', body: '{"schema":9}' });
    expect(await runAsked(readCommandLine(['status']), { fetch })).toMatchObject({
      exitCode: 3,
      warnings: expect.stringContaining('version 9'),
    });
  });
});
