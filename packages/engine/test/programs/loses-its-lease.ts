// A program whose lease is lost soon after its start. The argument says how the program ends: `uncaught`, `code 3`.
import { definePlugin, pluginModule, SystemClock } from '@millrace/core';
import { DriverLease } from '@millrace/core/engine';
import { MemoryDriverLeases } from '@millrace/testing';
import { StreamingContext } from '@millrace/engine';

const lease = new MemoryDriverLeases({ renewMs: 20, uncertainMs: 50, lostMs: 100 }).driver(
  'a',
  new SystemClock(),
);
const plugin = definePlugin({
  name: 'lease',
  version: '1.0.0',
  contract: 1,
  provides: [DriverLease],
  optionsSchema: { '~standard': { version: 1, vendor: 'test', validate: () => ({ value: {} }) } },
  module: () => pluginModule((bind) => void bind(DriverLease).toConstantValue(lease)),
});
const ssc = new StreamingContext({
  appName: 'loses',
  batchIntervalMs: 1_000,
  plugins: [plugin({})],
  logLevel: 'error',
});
ssc.queueStream<number>([]).foreachRDD(() => {});
await ssc.start();
lease.cutOff();
if (process.argv[2] === 'code 3') {
  await ssc.awaitTermination().catch(() => {
    process.exitCode = 3;
  });
} else await ssc.awaitTermination();
