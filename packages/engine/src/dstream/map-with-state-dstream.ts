// The result of `mapWithState`: a stream of mapped records, with the states of all keys beside.
import type { StreamOperator } from '../graph/stream-operator.ts';
import type { StreamScope } from '../graph/stream-scope.ts';
import type { MapWithStateOperators } from '../state/state-operators.ts';
import { DerivedDStream } from './derived-dstream.ts';
import type { DStream } from './dstream.ts';
import type { StreamFactory } from './stream-factory.ts';

/** The stream that `mapWithState` returns. */
export class MapWithStateDStream<K, S, out U> extends DerivedDStream<U> {
  readonly #snapshots: StreamOperator<[K, S]>;

  constructor(scope: StreamScope, operators: MapWithStateOperators<K, S, U>, streams: StreamFactory) {
    super(scope, operators.mapped, streams);
    this.#snapshots = operators.snapshots;
  }

  /** Every key that has state after a batch, with its state. The cost grows with the number of keys. */
  stateSnapshots(): DStream<[K, S]> {
    const { behind: _named, ...snapshots } = this.#snapshots;
    return this.streams.derived(this.scope, snapshots);
  }
}
