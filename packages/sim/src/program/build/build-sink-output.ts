// Outputs of drawn programs that write to a sink of the product, partition by partition, like an application.
import { SinkWriter } from '@millrace/core';
import type { DStream } from '@millrace/engine';
import { outputStep, type SimProgramSetup } from '../../sim-output.ts';
import { rowsOf, type SinkRow } from '../sinks/sink-row.ts';
import { type RecordType, texter } from '../record-type.ts';
import type { SinkTarget } from '../program-plan.ts';

/** An output, and the type of its records. */
export interface SinkWork {
  readonly output: SinkTarget;
  readonly shape: { readonly type: RecordType };
  readonly setup: SimProgramSetup;
}

/**
 * Adds a sink output: the driver may die, or the job may fail, before the call of the sink, at any step of the sink,
 * and afterwards.
 */
export function buildSinkOutput(stream: DStream<unknown>, { output, shape, setup }: SinkWork): void {
  const { process, sinks } = setup;
  const writer = new SinkWriter<SinkRow>(sinks.placeOf(output).sinkFor(setup));
  process.closing.push(() => writer.close());
  const step = outputStep(setup);
  const text = texter(shape.type);
  stream.foreachPartition(async (records, write) => {
    const texts = Array.from(records, text);
    await sinks.write(output, write, {
      texts,
      effect: async () => {
        step();
        await process.call(() => writer.write(rowsOf(texts, write), write));
        step();
      },
    });
  });
}
