// The outputs of drawn programs: each writes the records of its stream in a batch to the ledger, as texts.
import type { DStream, RDD } from '@millrace/engine';
import { outputDelay, outputStep, type SimProgramSetup } from '../../sim-output.ts';
import { arrangedTexts, outputName, PRINTED_MAX, TEXT_FILES } from '../output-records.ts';
import type { ProgramOutput } from '../program-plan.ts';
import { texter } from '../record-type.ts';
import type { Shape } from '../shape.ts';
import { actOn } from './act-on-rdd.ts';
import { buildSinkOutput } from './build-sink-output.ts';

/** The parts of an output. */
export interface OutputWork {
  readonly output: ProgramOutput;
  readonly shape: Shape;
  readonly setup: SimProgramSetup;
}

/** Adds an output to a program. */
export function buildOutput(stream: DStream<unknown>, work: OutputWork): void {
  BUILDERS[work.output.kind](stream, work);
}

const BUILDERS: Readonly<
  Record<ProgramOutput['kind'], (stream: DStream<unknown>, work: OutputWork) => void>
> = {
  foreachRDD: (stream, work) => {
    const { action } = work.output;
    writeEach(stream, work, async (rdd, batchTime) => {
      if (action === undefined) return;
      const { setup, output, shape } = work;
      const text = await actOn(rdd, action, shape);
      if (setup.process.isAlive) setup.ledger.writeAnyOrder(outputName(output.id, action), batchTime, [text]);
    });
  },
  slice: (stream, work) => {
    const { output, shape, setup } = work;
    const slideMs = shape.slide * setup.plan.batchIntervalMs;
    const arranged = arrangedTexts(shape);
    writeEach(stream, work, async (_rdd, batchTime) => {
      const rdds = stream.slice(batchTime - (output.back ?? 1) * slideMs, batchTime);
      for (const [place, rdd] of rdds.toReversed().entries()) {
        const records = arranged(await rdd.collect());
        const time = batchTime - place * slideMs;
        if (setup.process.isAlive) setup.ledger.writeAnyOrder(outputName(output.id, 'slice'), time, records);
      }
    });
  },
  foreachPartition: (stream, { output: { id }, shape, setup }) => {
    const { process, ledger } = setup;
    const arranged = arrangedTexts(shape);
    stream.foreachPartition(async (records, { batchTime, partition }) => {
      const texts = arranged([...records]);
      process.step();
      if (process.isAlive) ledger.writeAnyOrder(outputName(id, `partition ${partition}`), batchTime, texts);
      process.step();
    });
  },
  print: (stream, { output: { id }, shape, setup }) => {
    const { process, ledger } = setup;
    const step = outputStep(setup);
    stream.print(PRINTED_MAX, {
      write: (text) => {
        step();
        if (process.isAlive) {
          const [, time = '', , ...lines] = text.split('\n');
          const printed = lines.slice(0, -2);
          const batchTime = Number(/\d+/.exec(time)?.[0]);
          ledger.write(outputName(id), batchTime, shape.isOrdered ? printed : printed.toSorted());
        }
        step();
      },
    });
  },
  saveAsTextFiles: (stream, { output: { id }, shape }) => {
    stream.saveAsTextFiles(`${TEXT_FILES}/${id}`, 'txt', { format: texter(shape.type) });
  },
  filesSink: buildSinkOutput,
  sqliteSink: buildSinkOutput,
};

/** Writes each batch unchanged, then performs a further action on the batch. */
function writeEach(
  stream: DStream<unknown>,
  { output: { id }, shape, setup }: OutputWork,
  then: (rdd: RDD<unknown>, batchTime: number) => Promise<void>,
): void {
  const { process, ledger } = setup;
  const step = outputStep(setup);
  const delay = outputDelay(setup);
  const arranged = arrangedTexts(shape);
  stream.foreachRDD(async (rdd, { batchTime }) => {
    const records = arranged(await rdd.collect());
    await delay();
    step();
    if (process.isAlive) ledger.write(outputName(id), batchTime, records);
    await then(rdd, batchTime);
    step();
  });
}
