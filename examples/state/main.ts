// State by key: the balance of each account, kept from batch to batch. A payment that the balance does not cover is refused.
// An account without a payment for three batches is idle: its state goes, and the last balance is reported.
import { endWhenUnread, type State, StreamingContext } from '@millrace/engine';

const INTERVAL_MS = 50;

/** Amounts that are paid in or out: one array is one batch. */
const PAYMENTS: [account: string, amount: number][][] = [
  [
    ['anna', 100],
    ['ben', 20],
  ],
  [
    ['anna', -30],
    ['ben', -50],
  ],
  [['anna', -70]],
  [['anna', 5]],
  [['anna', 5]],
  [['anna', 5]],
];

// A reader that has seen enough (`| head`) ends the program quietly.
endWhenUnread();
const ssc = new StreamingContext({ appName: 'state', batchIntervalMs: INTERVAL_MS });
const printed = Promise.withResolvers<void>();
let batches = 0;

ssc
  .queueStream([...PAYMENTS])
  .mapWithState(
    (account, amount: number | undefined, balance: State<number>) => {
      const before = balance.getOption() ?? 0;
      // The last call for an idle account has no amount, and the state cannot be changed.
      if (amount === undefined) return `${account} is idle with ${before}`;
      if (before + amount < 0) return `${account} has ${before}, refused ${amount}`;
      balance.update(before + amount);
      return `${account} has ${before + amount}`;
    },
    { timeoutMs: 3 * INTERVAL_MS },
  )
  .foreachRDD(async (rdd) => {
    batches += 1;
    console.log(`batch ${batches}: ${(await rdd.collect()).toSorted().join(', ')}`);
    if (batches === PAYMENTS.length) printed.resolve();
  });

await ssc.start();
ssc.stopOnSignals();
await Promise.race([printed.promise, ssc.awaitTermination()]);
await ssc.stop({ graceful: false });
