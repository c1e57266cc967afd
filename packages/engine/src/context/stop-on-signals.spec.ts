import { RecordingLogger, settle } from '@millrace/testing';
import { expect, it } from 'vitest';
import { NOTHING_LEFT } from '../driver/stop-report.ts';
import { type Stoppable, stopOnSignals } from './stop-on-signals.ts';

it('hands over at the first signal and at the second, if asked to', async () => {
  const stops: Parameters<Stoppable['stop']>[0][] = [];
  const context: Stoppable = {
    stop: async (options) => {
      stops.push(options);
      return NOTHING_LEFT;
    },
  };
  for (const given of [{}, { handOver: true, deadlineMs: 5_000 }]) {
    const remove = stopOnSignals({ context, log: new RecordingLogger() }, { signals: ['SIGUSR2'], ...given });
    process.emit('SIGUSR2');
    process.emit('SIGUSR2');
    await settle();
    remove();
  }
  expect(stops).toEqual([
    { graceful: true, handOver: false },
    { graceful: false, handOver: false },
    { graceful: true, handOver: true, deadlineMs: 5_000 },
    { graceful: false, handOver: true },
  ]);
});
