// The check of hosts, before anything starts. Executors on several hosts write and read through logs, files and sinks, and a
// driver may go on at another host. Data that one host reaches alone would be found by some of them and missed by others.
import {
  CheckpointStore,
  type DeadLetter,
  type ExecutorBackend,
  ReceivedBlockHandler,
  type Sink,
  WriteAheadLogFactory,
} from '@millrace/core';
import {
  type AssembledPorts,
  DriverLease,
  portName,
  type PortToken,
  type Reach,
} from '@millrace/core/engine';
import { contextError } from '../driver/context-errors.ts';
import type { DStreamGraph } from '../graph/dstream-graph.ts';
import { type PlaceOfData, placeOfSink } from '../graph/place-of-data.ts';

/** The program and its engine, as far as data is placed outside. */
export interface ReachedPlacesDeps {
  readonly assembled: Pick<AssembledPorts, 'ports' | 'bindings'>;
  /** Undefined: the store of the port, or none. */
  readonly checkpointDirectory: string | undefined;
  readonly checkpointsShared: boolean;
  readonly graph: Pick<DStreamGraph, 'inputs' | 'outputs'>;
  readonly deadLetters: Sink<DeadLetter> | undefined;
}

/**
 * Refuses places of data that only one host reaches, if executors or drivers may be on several hosts. All places are in one
 * message.
 *
 * @throws `MR_CONTEXT_ONE_HOST_ONLY`.
 */
export function assertReachedFromEveryHost(
  backend: Pick<ExecutorBackend, 'name' | 'spansHosts'>,
  deps: ReachedPlacesDeps,
): void {
  const why = reasonOf(backend, deps.assembled.ports);
  if (why === undefined) return;
  const wrong = placesOf(deps).filter(({ reach }) => reach !== 'everywhere');
  if (wrong.length === 0) return;
  const lines = wrong.map((place) => `\n  ${place.name}: reached from one ${place.reach}; ${place.remedy}`);
  throw contextError(
    'MR_CONTEXT_ONE_HOST_ONLY',
    `${why}, and every host has to reach all data:${lines.join('')}`,
    {
      details: {
        backend: backend.name,
        places: wrong.map((place) => ({ name: place.name, reach: place.reach })),
      },
    },
  );
}

/** Why data has to be reached from several hosts; undefined: all data is used on one host. */
function reasonOf(
  { name, spansHosts }: Pick<ExecutorBackend, 'name' | 'spansHosts'>,
  ports: AssembledPorts['ports'],
): string | undefined {
  if (spansHosts === true) return `the executors of ${name} run on several hosts`;
  const isWanted = ports.has(DriverLease) && ports.get(DriverLease).reach === 'everywhere';
  return isWanted ? 'a driver on another host may take over' : undefined;
}

function placesOf(deps: ReachedPlacesDeps): readonly PlaceOfData[] {
  const { assembled, graph, deadLetters } = deps;
  const places = [
    portPlace(assembled, WriteAheadLogFactory, 'the logs'),
    blocksPlace(assembled),
    checkpointsPlace(deps),
    ...graph.inputs.map(({ place }) => place),
    ...graph.outputs.map(
      ({ place, number }) => place && { ...place, name: `output ${number}: ${place.name}` },
    ),
    placeOfSink(deadLetters, 'deadLetters:'),
  ];
  return places.filter((place) => place !== undefined);
}

/** Blocks in memory only promise nothing: executors fetch such blocks from each other, on any host. */
function blocksPlace(assembled: ReachedPlacesDeps['assembled']): PlaceOfData | undefined {
  if (assembled.ports.get(ReceivedBlockHandler).durability === 'memory') return undefined;
  return portPlace(assembled, ReceivedBlockHandler, 'the blocks');
}

function checkpointsPlace(deps: ReachedPlacesDeps): PlaceOfData | undefined {
  const { assembled, checkpointDirectory: directory, checkpointsShared } = deps;
  if (directory === undefined) return portPlace(assembled, CheckpointStore, 'the checkpoints');
  const remedy =
    'give checkpointsShared: true when every host mounts the directory at this path; otherwise bind a CheckpointStore that every host reaches';
  const reach: Reach = checkpointsShared ? 'everywhere' : 'host';
  return { name: `the checkpoints in ${directory}`, reach, remedy };
}

function portPlace(
  { ports, bindings }: ReachedPlacesDeps['assembled'],
  token: PortToken<{ readonly reach?: Reach }>,
  what: string,
): PlaceOfData | undefined {
  if (!ports.has(token)) return undefined;
  const { reach = 'host' } = ports.get(token);
  const port = portName(token);
  const plugin = bindings.find((binding) => binding.port === port)?.plugin ?? port;
  return {
    name: `${what} of ${plugin}`,
    reach,
    remedy: `give that plugin shared: true, if it has the option and every host mounts the directory at this path; otherwise bind a ${port} that every host reaches`,
  };
}
