// The result of a window or a join of event time: a stream of results, with the records that came too late beside.
import type { WindowOperators } from '../event-time/window-operators.ts';
import type { StreamOperator } from '../graph/stream-operator.ts';
import { withSuffix, type UidOptions } from '../graph/stream-uids.ts';
import type { StreamScope } from '../graph/stream-scope.ts';
import { DerivedDStream } from './derived-dstream.ts';
import type { DStream } from './dstream.ts';
import type { StreamFactory } from './stream-factory.ts';

/** The stream that windows and joins of event time return. */
export class EventWindowDStream<out R, out L> extends DerivedDStream<R> {
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

  /**
   * The records of a batch that came too late for all their windows, or for a join, and are in no result. Late records
   * are counted, whether read or not: listeners get `records:late`.
   */
  lateRecords(): DStream<L> {
    const { behind: _named, ...late } = this.#late;
    return this.streams.derived(this.scope, late);
  }
}
