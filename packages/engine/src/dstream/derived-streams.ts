// The shipped factory of derived streams.
import type { StreamFactory } from './stream-factory.ts';
import { DerivedDStream } from './derived-dstream.ts';
import { EventWindowDStream } from './event-window-dstream.ts';
import { MapWithStateDStream } from './map-with-state-dstream.ts';

/** Makes derived streams; the same for all streams. */
export const derivedStreams: StreamFactory = {
  derived: (scope, operator) => new DerivedDStream(scope, operator, derivedStreams),
  mapWithState: (scope, operators) => new MapWithStateDStream(scope, operators, derivedStreams),
  eventWindows: (scope, operators) => new EventWindowDStream(scope, operators, derivedStreams),
};
