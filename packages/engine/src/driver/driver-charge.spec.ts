import { ManualClock } from '@millrace/core';
import { DriverLease, type DriverTerm, type Ports } from '@millrace/core/engine';
import { RecordingLogger } from '@millrace/testing';
import { expect, it } from 'vitest';
import { DriverCharge } from './driver-charge.ts';

/** A charge over a lease whose certainty the test decides. */
async function begun(isCertain: boolean) {
  const listeners = new Set<(isCertain: boolean) => void>();
  const term = {
    epoch: 5,
    lost: new AbortController().signal,
    isCertain,
    onCertainty: (listener: (isCertain: boolean) => void) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
  const lease = { acquire: async () => term as DriverTerm, release: async () => undefined };
  const ports = { has: (port: unknown) => port === DriverLease, get: () => lease } as unknown as Ports;
  const told: unknown[] = [];
  const charge = new DriverCharge({
    ports,
    application: 'app',
    clock: new ManualClock(1_000),
    log: new RecordingLogger(),
    publish: (name, event) => void told.push([name, event]),
    onFatal: (error) => void told.push(error),
  });
  await charge.begin();
  const change = (certain: boolean): void => {
    term.isCertain = certain;
    for (const listener of listeners) listener(certain);
  };
  return { charge, told, change };
}

it('a charge tells at once that its driver is in charge', async () => {
  const { charge, told } = await begun(true);
  charge.tell(6);
  expect(told).toEqual([['driver:in-charge', { timeMs: 1_000, epoch: 6 }]]);
});

it('a charge in doubt tells once, as soon as the doubt is over', async () => {
  const { charge, told, change } = await begun(false);
  charge.tell(6);
  change(false);
  expect(told).toEqual([]);
  change(true);
  change(false);
  change(true);
  expect(told).toEqual([['driver:in-charge', { timeMs: 1_000, epoch: 6 }]]);
});
