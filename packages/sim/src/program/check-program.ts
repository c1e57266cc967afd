// Compares the outputs of a drawn program with the model, batch by batch: as sequences where the order of records
// is promised, else as multisets.
import type { Evidence } from '../evidence.ts';
import type { InputHistory } from '../input-history.ts';
import { actionAnswer } from './model/action-answers.ts';
import { ProgramModel } from './model/program-model.ts';
import { arrangedTexts, outputName, printedTexts } from './output-records.ts';
import { isSinkKind, type ProgramOutput, type ProgramPlan } from './program-plan.ts';

/** Checks the output so far. `isWhole`: all output must be present. */
export function checkProgram(evidence: Evidence, history: InputHistory, isWhole: boolean): void {
  const { program } = evidence.plan;
  if (program === undefined) return;
  const check = new ProgramCheck(evidence, program, history);
  for (const output of program.outputs) {
    // Tasks of a pending batch may have written some of their partitions.
    if (isByPartition(output) && !isWhole) continue;
    const broken = check.output(output, isWhole);
    if (broken !== undefined) return evidence.violated(...broken);
  }
}

type Broken = readonly [promise: string, what: string];

class ProgramCheck {
  readonly #evidence: Evidence;
  readonly #model: ProgramModel;
  readonly #history: InputHistory;

  constructor(evidence: Evidence, program: ProgramPlan, history: InputHistory) {
    this.#evidence = evidence;
    this.#model = new ProgramModel(program, history);
    this.#history = history;
  }

  /** The first promise that an output breaks. */
  output(output: ProgramOutput, isWhole: boolean): Broken | undefined {
    const shape = this.#model.shapeOf(output.from);
    // The model already treats parts as elements.
    const elements = shape.type.kind === 'parts' ? arrangedElements(shape) : arrangedTexts(shape);
    const texts = output.kind === 'print' ? printedTexts(shape) : elements;
    const promise = shape.remembers ? 'STA-1' : 'BAT-1';
    const written = this.#written(output);
    for (const [place, batchTime] of [...this.#history.batches.keys()].entries()) {
      const records = this.#model.recordsAt(output.from, place + 1);
      const actual = written.get(batchTime);
      if (records === undefined) {
        if (actual === undefined) continue;
        return ['BAT-2', `${this.#nameOf(output)} has a batch ${batchTime} between its slides`];
      }
      if (actual === undefined) {
        const { ledger } = this.#evidence;
        const mayMiss =
          !isWhole ||
          output.isNew === true ||
          ledger.isSkipped(batchTime) ||
          ledger.isRemovedByOperator(outputName(output.id), batchTime);
        if (mayMiss || (isByPartition(output) && records.length === 0)) continue;
        return ['BAT-2', `${this.#nameOf(output)} lacks batch ${batchTime}`];
      }
      const expected = texts(records);
      if (JSON.stringify(expected) !== JSON.stringify(actual))
        return [promise, this.#differs(output, { batchTime, expected, actual })];
      const text = output.action === undefined ? undefined : actionAnswer(output.action, records, shape);
      const acted = this.#part(output.id, output.action, batchTime);
      if (text !== undefined && acted !== undefined && acted !== text)
        return [promise, this.#differs(output, { batchTime, expected: [text], actual: [acted] })];
      const sliced = this.#slice(output.id, batchTime);
      if (sliced !== undefined && JSON.stringify(sliced) !== JSON.stringify(expected))
        return [promise, this.#differs(output, { batchTime, expected, actual: sliced })];
    }
    return undefined;
  }

  #nameOf({ id, kind, from, action }: ProgramOutput): string {
    return `${outputName(id)} (${kind}${action === undefined ? '' : `, ${action}`} of ${from})`;
  }

  #differs(
    output: ProgramOutput,
    {
      batchTime,
      expected,
      actual,
    }: { batchTime: number; expected: readonly unknown[]; actual: readonly unknown[] },
  ): string {
    return `${this.#nameOf(output)} of batch ${batchTime} is ${JSON.stringify(actual)}, its input requires ${JSON.stringify(expected)}`;
  }

  /** The records that an output has written, by batch. */
  #written({ id, kind, from }: ProgramOutput): ReadonlyMap<number, readonly unknown[]> {
    const { ledger } = this.#evidence;
    if (kind !== 'foreachPartition') return new Map(ledger.batches(outputName(id)));
    const batches = new Map<number, unknown[]>();
    const prefix = outputName(id, 'partition ');
    const partitions = ledger
      .operations()
      .filter((operation) => operation.startsWith(prefix))
      .toSorted((one, other) => Number(one.slice(prefix.length)) - Number(other.slice(prefix.length)));
    for (const name of partitions) {
      for (const [batchTime, texts] of ledger.batches(name))
        batches.set(batchTime, [...(batches.get(batchTime) ?? []), ...texts]);
    }
    if (this.#model.shapeOf(from).isOrdered) return batches;
    return new Map([...batches].map(([time, texts]) => [time, texts.toSorted()]));
  }

  #part(id: number, part: string | undefined, batchTime: number): unknown {
    if (part === undefined) return undefined;
    return new Map(this.#evidence.ledger.batches(outputName(id, part))).get(batchTime)?.[0];
  }

  #slice(id: number, batchTime: number): readonly unknown[] | undefined {
    return new Map(this.#evidence.ledger.batches(outputName(id, 'slice'))).get(batchTime);
  }
}

/** Tells whether an output writes partition by partition: partitions without records may leave no trace. */
function isByPartition({ kind }: ProgramOutput): boolean {
  return kind === 'foreachPartition' || isSinkKind(kind);
}

function arrangedElements(shape: Parameters<typeof arrangedTexts>[0]) {
  const type = elementType(shape.type);
  return arrangedTexts({ type, isOrdered: shape.isOrdered });
}

function elementType(type: Parameters<typeof arrangedTexts>[0]['type']): typeof type {
  return type.kind === 'parts' ? elementType(type.of) : type;
}
