// Sinks of the product in programs with known answers: all records of all streams, partition by partition, in files, in a
// table with a row for each record, or in a table with a row for each key.
import type { DStream } from '@millrace/engine';
import { buildSinkOutput } from './program/build/build-sink-output.ts';
import { PAIR } from './program/record-type.ts';
import type { SimProgramSetup } from './sim-output.ts';
import type { SimRecord } from './sim-record.ts';

/** Adds the sinks of a plan to a program. */
export function buildKnownSinks(all: DStream<SimRecord>, setup: SimProgramSetup): void {
  for (const target of setup.plan.sinks ?? [])
    buildSinkOutput(all, { output: target, shape: { type: PAIR }, setup });
}
