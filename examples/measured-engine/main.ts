// Measures an engine of one's own: 5,000 records a second for two seconds, through the block generator, the jobs and an
// output. The figures depend on the machine; the last lines do not. `millrace-bench` does the same from the command line.
import { defineConfig, reportPage, runWorkload } from '@millrace/harness';
import { roundRobinScheduling } from '@millrace/scheduling';
import { writeFileSync } from 'node:fs';

const config = defineConfig({
  name: 'words by round-robin',
  batchIntervalMs: 100,
  durationMs: 2_000,
  warmUpMs: 500,
  plugins: [roundRobinScheduling()],
  engine: { receiving: { blockIntervalMs: 20 } },
  load: { recordsPerSecond: 5_000, receivers: 2, keys: 100 },
  program: (records) => records.map(({ key }): [string, number] => [key, 1]).reduceByKey((a, b) => a + b),
});

const report = await runWorkload(config);
const { throughput, phases, records } = report;
console.error(`${throughput.processedPerSecond.toFixed(0)} records/s processed`);
for (const [phase, { p50, p99 }] of Object.entries(phases)) {
  console.error(`${phase}: median ${p50.toFixed(1)} ms, 99 % within ${p99.toFixed(1)} ms`);
}

// With a path as the argument, the page with all charts is written there.
const [page] = process.argv.slice(2);
if (page !== undefined) writeFileSync(page, reportPage(report));

console.log(`phases: ${Object.keys(phases).join(', ')}`);
console.log(`every record was processed: ${records.processed === records.sent}`);
console.log(`lost ${records.lost}, repeated ${records.repeated}`);
