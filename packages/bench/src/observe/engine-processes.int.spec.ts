import { afterEach, expect, it } from 'vitest';
import { ALONE, CONTROL, CPU, EngineProcesses, RECORDS, WATCHED } from './engine-processes.ts';
import type { BenchProbe } from '../runner/suite.ts';

let probes: readonly BenchProbe[] = [];

afterEach(async () => {
  for (const probe of probes) await probe.close();
});

it('measures a watched engine beside two equal ones, round after round', { timeout: 60_000 }, async () => {
  probes = new EngineProcesses({ batchIntervalMs: 10, recordsPerSecond: 1_000 }).probes();
  expect(probes.map(({ name }) => name)).toEqual([WATCHED, ALONE, CONTROL]);
  for (let round = 0; round < 2; round += 1) {
    for (const probe of probes) {
      const readings = await probe.measure({ seconds: 0.05, isQuick: true });
      expect(readings[CPU]).toBeGreaterThan(0);
      expect(readings[RECORDS]).toBeGreaterThan(0);
    }
  }
});
