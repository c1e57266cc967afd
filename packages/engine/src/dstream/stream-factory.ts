// The classes of derived streams, as an interface. An operation of `DStream` returns a derived stream, and derived streams
// are subclasses of `DStream`: each stream passes the factory on, so that the files need not import each other.
import type { DStream } from './dstream.ts';
import type { EventWindowDStream } from './event-window-dstream.ts';
import type { MapWithStateDStream } from './map-with-state-dstream.ts';
import type { WindowOperators } from '../event-time/window-operators.ts';
import type { MapWithStateOperators } from '../state/state-operators.ts';
import type { StreamOperator } from '../graph/stream-operator.ts';
import type { StreamScope } from '../graph/stream-scope.ts';

/** Makes the streams that operations on streams return. */
export interface StreamFactory {
  /** The stream of an operator. */
  derived<T>(this: void, scope: StreamScope, operator: StreamOperator<T>): DStream<T>;
  /** The stream of `mapWithState`. */
  mapWithState<K, S, U>(
    this: void,
    scope: StreamScope,
    operators: MapWithStateOperators<K, S, U>,
  ): MapWithStateDStream<K, S, U>;
  /** The stream of a window of event time. */
  eventWindows<R, L>(
    this: void,
    scope: StreamScope,
    operators: WindowOperators<R, L>,
  ): EventWindowDStream<R, L>;
}
