// Runs the implementations of this package against the kits, because tests with defective fakes would mislead.
import { describe, it } from 'vitest';
import { writeAheadLogConformance } from '../src/conformance/index.ts';
import { MemoryWriteAheadLogFactory } from '../src/memory-write-ahead-log-factory.ts';

writeAheadLogConformance(
  { describe, it },
  {
    name: 'MemoryWriteAheadLogFactory',
    module: import.meta.url,
    capabilities: { durability: 'process' },
    create: () => {
      const factory = new MemoryWriteAheadLogFactory();
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
