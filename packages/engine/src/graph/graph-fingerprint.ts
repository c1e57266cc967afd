// A digest of a program's graph. The digest covers everything that decides the names and partitions of RDDs, and no
// code: two functions cannot be compared, two shapes can.
import { createHash } from 'node:crypto';
import type { OutputOperation } from './output-operation.ts';
import type { GraphStream } from './graph-stream.ts';

/** The same as readable text: one line for each stream and output, in the order of the program. */
export function shapeOf(
  streams: readonly GraphStream<unknown>[],
  outputs: readonly OutputOperation[],
  defaultParallelism: number,
): readonly string[] {
  const lines = streams.map(({ id, slideMs, parents, settings }) => {
    const from = parents.length === 0 ? '' : ` of ${parents.map((parent) => parent.id).join(', ')}`;
    const set = settings.length === 0 ? '' : ` ${JSON.stringify(settings)}`;
    return `stream ${id}${from}, every ${slideMs} ms${set}`;
  });
  const ends = outputs.map(({ number, kind, stream }) => `output ${number} ${kind} of ${stream.id}`);
  return [`default parallelism ${defaultParallelism}`, ...lines, ...ends];
}

/** The digest, in hexadecimal. */
export function fingerprintOf(
  streams: readonly GraphStream<unknown>[],
  outputs: readonly OutputOperation[],
  defaultParallelism: number,
): string {
  const shape = {
    defaultParallelism,
    streams: streams.map(({ id, kind, slideMs, parents, settings }) => [
      id,
      kind,
      slideMs,
      parents.map((parent) => parent.id),
      settings,
    ]),
    outputs: outputs.map(({ number, kind, stream }) => [number, kind, stream.id]),
  };
  return createHash('sha256').update(JSON.stringify(shape)).digest('hex');
}
