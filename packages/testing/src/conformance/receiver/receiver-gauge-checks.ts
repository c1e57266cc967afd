// Checks of the amounts that a receiver offers to observers.
import assert from 'node:assert/strict';
import type { ReceiverGauges } from '@millrace/core/observation';
import { assertAmounts } from '../kit/amounts.ts';
import type { ConformanceCheck } from '../kit/conformance-check.ts';
import { applies } from '../kit/not-applicable.ts';
import { asReceiver } from './receiver-mark.ts';
import type { ReceiverTrial } from './receiver-trial.ts';

const TOTALS = ['redeliveredRecords', 'droppedRecords'] as const;

/** Checks of `gauges`. */
export const RECEIVER_GAUGE_CHECKS: readonly ConformanceCheck<ReceiverTrial<unknown>>[] = [
  {
    number: 'RECEIVER-44.1',
    title: 'gauges returns amounts at once: no lag when every record is stored, and totals that never fall',
    look: 'a lag that counts stored records, a total that begins again, a question to the source',
    run: async (trial) => {
      await trial.startWith(8);
      const { receiver } = trial.stage.life;
      applies(receiver.gauges !== undefined, 'the receiver offers no gauges');
      let before: ReceiverGauges = {};
      const read = (): ReceiverGauges => {
        const gauges = asReceiver(() => receiver.gauges?.()) ?? {};
        assertAmounts(gauges, 'gauges');
        for (const total of TOTALS)
          assert((gauges[total] ?? 0) >= (before[total] ?? 0), `${total} is lower than before`);
        before = gauges;
        return gauges;
      };
      read();
      await trial.untilStored(8);
      await trial.until(
        () => (read().lagRecords ?? 0) === 0,
        'every record of the source is stored, and lagRecords is not 0',
      );
      while (trial.stage.context.waiting.length > 0) await trial.stage.storeNext(() => 'stored');
      read();
    },
  },
];
