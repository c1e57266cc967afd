// Runs the clock of the machine against its kit, with waits of a few milliseconds.
import { setTimeout } from 'node:timers/promises';
import { SystemClock } from '@millrace/core';
import { describe, it } from 'vitest';
import { clockConformance } from '../src/conformance/index.ts';

clockConformance(
  { describe, it },
  {
    name: 'SystemClock',
    module: new URL('../../core/src/index.ts', import.meta.url),
    // The machine may be busy with other tests. The checks go on as soon as a call is made.
    capabilities: { lateMsMax: 8_000 },
    create: () => {
      const machineNow = Date.now;
      return {
        clock: new SystemClock(),
        pass: (ms) => setTimeout(ms + 5),
        setWallTime: async (ms) => {
          const aheadMs = ms - machineNow();
          Date.now = () => machineNow() + aheadMs;
        },
        dispose: () => {
          Date.now = machineNow;
        },
      };
    },
  },
);
