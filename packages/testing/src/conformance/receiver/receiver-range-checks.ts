// Checks of repeated reads of a replayable source's ranges. Ranges stand for blocks in the log. A range with other or
// fewer records than its block would silently change the result of a batch.
import assert from 'node:assert/strict';
import type { SourceRange } from '@millrace/core';
import type { ConformanceCheck } from '../kit/conformance-check.ts';
import { applies, hook } from '../kit/not-applicable.ts';
import { rejectionOf } from '../kit/rejection-of.ts';
import type { ReceiverTrial } from './receiver-trial.ts';

const RECORDS = 60;

/** Checks of `readRange`. */
export const RECEIVER_RANGE_CHECKS: readonly ConformanceCheck<ReceiverTrial<unknown>>[] = [
  {
    number: 'RECEIVER-31.1',
    title: 'a range returns the stored records in order on every read',
    promises: ['BAT-4', 'BLK-1'],
    look: 'the ends of a range: the record of `from` is excluded, the record of `to` is included',
    run: async (trial) => {
      const ranges = await rangesOf(trial);
      for (const { range, ids } of ranges) assert.deepEqual(await idsIn(trial, range), ids);
      const all = await trial.settled(
        Promise.all(ranges.map(({ range }) => idsOf(trial, range))),
        'reading ranges at once did not end',
      );
      assert.deepEqual(all.flat(), trial.stage.registeredIds, 'concurrent reads of ranges differ');
    },
  },
  {
    number: 'RECEIVER-31.2',
    title: 'consecutive blocks form one range',
    promises: ['BAT-4'],
    look: 'positions that are valid for one block only',
    run: async (trial) => {
      const ranges = await rangesOf(trial);
      const last = ranges.at(-1);
      applies(last !== undefined && ranges.length > 1, 'all records are in one block');
      assert.deepEqual(await idsIn(trial, { to: last?.range.to }), trial.stage.registeredIds);
    },
  },
  {
    number: 'RECEIVER-32.1',
    title: 'a range missing from the source is refused',
    promises: ['BAT-4'],
    look: 'an end of the source treated as the end of the range',
    run: async (trial) => {
      const [first] = await rangesOf(trial);
      const forget = hook(trial.target, 'forget');
      await forget();
      const error = await rejectionOf(idsIn(trial, first?.range ?? { to: undefined }));
      assert(error !== undefined, 'a batch would silently get fewer records than before');
    },
  },
  {
    number: 'RECEIVER-33.1',
    title: 'reading an aborted range stops before the end',
    look: 'the signal of the context, before each piece',
    run: async (trial) => {
      await rangesOf(trial);
      const to = trial.stage.ranges.at(-1)?.range.to;
      const found: (number | undefined)[] = [];
      const reading = trial.readRange(
        { to },
        {
          signal: AbortSignal.abort(),
          onIds: (ids) => {
            for (const id of ids) found.push(id);
          },
        },
      );
      await trial.settled(rejectionOf(reading), 'reading did not end although the signal was aborted');
      assert(found.length < RECORDS, 'the whole range was read although the signal was aborted');
    },
  },
];

/** The ranges under which a load was stored. */
async function rangesOf(
  trial: ReceiverTrial<unknown>,
): Promise<readonly { readonly range: SourceRange; readonly ids: readonly (number | undefined)[] }[]> {
  applies(trial.target.receiver.readRange !== undefined, 'the receiver has no readRange');
  await trial.startWith(RECORDS);
  await trial.pump();
  return trial.stage.ranges;
}

async function idsIn(
  trial: ReceiverTrial<unknown>,
  range: SourceRange,
): Promise<readonly (number | undefined)[]> {
  return await trial.settled(idsOf(trial, range), 'reading a range did not end');
}

/** Like `idsIn`, for a caller that lets time pass: only one wait at a time may move the clock. */
async function idsOf(
  trial: ReceiverTrial<unknown>,
  range: SourceRange,
): Promise<readonly (number | undefined)[]> {
  const found: (number | undefined)[] = [];
  await trial.readRange(range, {
    onIds: (ids) => {
      for (const id of ids) found.push(id);
    },
  });
  return found;
}
