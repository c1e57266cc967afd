// The result of a window or a join of event time: a stream of results, with the records that came too late beside.
import type { WindowOperators } from '../event-time/window-operators.ts';
import type { StreamOperator } from '../graph/stream-operator.ts';
import { withSuffix, type UidOptions } from '../graph/stream-uids.ts';
import type { StreamScope } from '../graph/stream-scope.ts';
import { DerivedDStream } from './derived-dstream.ts';
import type { DStream, EventWindowDStream, StreamFactory } from './dstream.ts';

/** The result of a window or a join. */
export class EventWindowStream<out R, out L> extends DerivedDStream<R> implements EventWindowDStream<R, L> {
  readonly #late: StreamOperator<L>;
  readonly #watermark: WindowOperators<R, L>['watermark'];

  constructor(scope: StreamScope, operators: WindowOperators<R, L>, streams: StreamFactory) {
    super(scope, operators.results, streams);
    this.#late = operators.late;
    this.#watermark = operators.watermark;
    operators.attach(this);
  }

  override uid(uid: string, options: UidOptions = {}): this {
    this.#watermark?.uid(`${uid}.watermark`, withSuffix(options, '.watermark'));
    return super.uid(uid, options);
  }

  lateRecords(): DStream<L> {
    const { behind: _named, ...late } = this.#late;
    return this.streams.derived(this.scope, late);
  }
}
