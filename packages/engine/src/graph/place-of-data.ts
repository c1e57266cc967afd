// Places of data outside the engine, as seen by the check of hosts: files and sinks that every executor uses, logs and
// checkpoints that a later driver needs.
import type { Sink } from '@millrace/core';
import type { Reach } from '@millrace/core/engine';

/** A place of data outside the engine. */
export interface PlaceOfData {
  /** The place in words, for instance `the files of saveAsTextFiles at /data/out`. */
  readonly name: string;
  readonly reach: Reach;
  /** An instruction: how to make the place reachable from every host. */
  readonly remedy: string;
}

const REMEDY =
  'give shared: true when every host mounts the directory at this path; otherwise use a sink that every host reaches';

/** Files below a directory or a prefix. `shared`: as the options of the program say. */
export function placeOfFiles(name: string, shared: boolean | undefined, remedy = REMEDY): PlaceOfData {
  return { name, reach: shared === true ? 'everywhere' : 'host', remedy };
}

/** The place of a sink; undefined without a sink. */
export function placeOfSink(
  sink: Pick<Sink<never>, 'name' | 'capabilities'> | undefined,
  name = 'the sink',
): PlaceOfData | undefined {
  if (sink === undefined) return undefined;
  // A sink in plain JavaScript may lack capabilities.
  const { reach = 'everywhere' }: { readonly reach?: Reach } = sink.capabilities ?? {};
  return { name: `${name} ${sink.name}`, reach, remedy: REMEDY };
}
