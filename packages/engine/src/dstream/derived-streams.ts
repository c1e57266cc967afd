// The shipped factory of derived streams.
import type { StreamFactory } from './dstream.ts';
import { DerivedDStream } from './derived-dstream.ts';
import { EventWindowStream } from './event-window-stream.ts';
import { MapWithStateStream } from './map-with-state-stream.ts';

/** Makes derived streams; the same for all streams. */
export const derivedStreams: StreamFactory = {
  derived: (scope, operator) => new DerivedDStream(scope, operator, derivedStreams),
  mapWithState: (scope, operators) => new MapWithStateStream(scope, operators, derivedStreams),
  eventWindows: (scope, operators) => new EventWindowStream(scope, operators, derivedStreams),
};
