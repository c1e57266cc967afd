// The result of `mapWithState`: a stream of mapped records, with the states of all keys beside.
import type { StreamOperator } from '../graph/stream-operator.ts';
import type { StreamScope } from '../graph/stream-scope.ts';
import type { MapWithStateOperators } from '../state/state-operators.ts';
import { DerivedDStream } from './derived-dstream.ts';
import type { DStream, MapWithStateDStream, StreamFactory } from './dstream.ts';

/** The result of `mapWithState`. */
export class MapWithStateStream<K, S, out U>
  extends DerivedDStream<U>
  implements MapWithStateDStream<K, S, U>
{
  readonly #snapshots: StreamOperator<[K, S]>;

  constructor(scope: StreamScope, operators: MapWithStateOperators<K, S, U>, streams: StreamFactory) {
    super(scope, operators.mapped, streams);
    this.#snapshots = operators.snapshots;
  }

  stateSnapshots(): DStream<[K, S]> {
    const { behind: _named, ...snapshots } = this.#snapshots;
    return this.streams.derived(this.scope, snapshots);
  }
}
