// Runs the implementations of this package against the kits, because tests with defective fakes would mislead.
import { describe, it } from 'vitest';
import { driverLeaseConformance, writeAheadLogConformance } from '../src/conformance/index.ts';
import { MemoryWriteAheadLogFactory } from '../src/memory-write-ahead-log-factory.ts';
import { MEMORY_LEASE_CLAIMS, modelLease } from './model-lease.ts';

driverLeaseConformance(
  { describe, it },
  {
    name: 'MemoryDriverLeases',
    module: import.meta.url,
    capabilities: MEMORY_LEASE_CLAIMS,
    create: () => modelLease(),
  },
);

for (const takesOver of [false, true]) {
  writeAheadLogConformance(
    { describe, it },
    {
      name: `MemoryWriteAheadLogFactory${takesOver ? ', taken over' : ''}`,
      module: import.meta.url,
      capabilities: { durability: 'process', takesOver },
      create: () => {
        const factory = new MemoryWriteAheadLogFactory({ takesOver });
        return {
          createFactory: () => factory,
          crashProcess: () => factory.crash(),
          hold: () => {
            const { promise, resolve } = Promise.withResolvers<void>();
            factory.beforeWrite = () => promise;
            return () => {
              factory.beforeWrite = undefined;
              resolve();
            };
          },
        };
      },
    },
  );
}
