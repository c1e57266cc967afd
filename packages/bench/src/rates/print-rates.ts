// Prints the comparison of rate controls, as the table of ADR 0012:
//
//   node --conditions=millrace:source packages/bench/src/rates/print-rates.ts
import { RATE_CONTENDERS } from './rate-contenders.ts';
import { rateFigures, rateScenarios } from './rate-scenarios.ts';
import { simulate } from './simulated-job.ts';

const lines = rateScenarios().flatMap((scenario) =>
  RATE_CONTENDERS.map(({ name, make }) => {
    const result = simulate(scenario, (now) => make(scenario.batchIntervalMs, now));
    const { throughput, filled, longestDelay, settled, spread, peakRecords } = rateFigures(scenario, result);
    const cells = [
      scenario.name,
      name,
      `${Math.round(throughput * 100)} %`,
      Number.isFinite(filled) ? `${filled} s` : 'never',
      `${longestDelay.toFixed(1)} s`,
      Number.isFinite(settled) ? `${settled.toFixed(1)} s` : 'never',
      Number.isNaN(spread) ? 'no limit' : `${Math.round(spread * 100)} %`,
      peakRecords < 10_000 ? `${Math.round(peakRecords)}` : `${Math.round(peakRecords / 1_000)} k`,
    ];
    return `| ${cells.join(' | ')} |`;
  }),
);

const head = [
  'world',
  'control',
  'throughput',
  'full after',
  'longest delay',
  'settled after',
  'spread of rate',
  'most held',
];
process.stdout.write(
  [`| ${head.join(' | ')} |`, `|${' --- |'.repeat(head.length)}`, ...lines, ''].join('\n'),
);
