import { isMillraceError } from '@millrace/core';
import { describe, expect, it } from 'vitest';
import { StreamingContext } from './streaming-context.ts';

const make = (options: object) => new StreamingContext({ appName: 'a', batchIntervalMs: 1_000, ...options });

/** The code and the message of the refusal of these options. */
function refusalOf(options: object): {
  readonly code: string;
  readonly details: unknown;
  readonly message: string;
} {
  try {
    make(options);
  } catch (error) {
    if (isMillraceError(error)) return { code: error.code, details: error.details, message: error.message };
    throw error;
  }
  throw new TypeError('it was accepted');
}

const wrong: readonly [object, string][] = [
  [{ receiving: { blockIntervalMs: 0 } }, 'receiving.blockIntervalMs'],
  [{ receiving: { rateBurstMs: 10 } }, 'receiving.rateBurstMs'],
  [{ tracking: { minExecutors: 0 } }, 'tracking.minExecutors'],
  [{ tracking: { maxRestartDelayMs: 1 } }, 'tracking.maxRestartDelayMs'],
  [{ batches: { maxAttempts: 0 } }, 'batches.maxAttempts'],
  [{ batches: { onBatchFailure: 'retry' } }, 'batches.onBatchFailure'],
  [{ tasks: { maxFailures: 0 } }, 'tasks.maxFailures'],
  [{ tasks: { speculation: 'yes' } }, 'tasks.speculation'],
  [{ backPressure: { minRate: -1 } }, 'backPressure.minRate'],
  [{ backPressure: 'on' }, 'backPressure'],
  [{ executorAllocation: { scalingIntervalMs: -1 } }, 'executorAllocation.scalingIntervalMs'],
  [{ executorAllocation: 3 }, 'executorAllocation'],
  [{ batchIntervalMs: 0 }, 'batchIntervalMs'],
  [{ checkpointsKept: 1 }, 'checkpointsKept'],
  [{ checkpointDirectory: '' }, 'checkpointDirectory'],
  [{ master: 'yarn' }, 'master'],
  [{ plugins: 'threads' }, 'plugins'],
  ...['batches', 'receiving', 'tasks', 'tracking', 'backPressure', 'executorAllocation'].map(
    (group): [object, string] => [{ [group]: { retries: 3 } }, `${group}.retries`],
  ),
  ...['batches', 'receiving', 'tasks', 'tracking'].map((group): [object, string] => [{ [group]: 3 }, group]),
  [{ retries: 3 }, 'retries'],
];

describe('the options of a context', () => {
  it.each(wrong)('are refused with one code, in one form: %j', (options, path) => {
    const { code, details, message } = refusalOf(options);
    expect([code, details]).toMatchObject([
      'MR_CONFIG_INVALID_OPTION',
      { owner: 'StreamingContext', path, value: expect.any(String), expected: expect.any(String) },
    ]);
    expect(message).toMatch(/^StreamingContext does not accept option [\w.]+: .+, got .+/);
  });

  it('count as left out when they are undefined', () => {
    const batches = { maxAttempts: undefined, onBatchFailure: undefined };
    const groups = { batches, receiving: { maxRate: undefined }, tasks: { maxFailures: undefined } };
    const options = {
      appName: 'a',
      batchIntervalMs: 1_000,
      ...(groups as object),
      tracking: undefined as never,
    };
    expect(() => new StreamingContext(options)).not.toThrow();
  });
});
