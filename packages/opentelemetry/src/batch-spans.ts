// The spans of an engine: one for each batch, and below it one for each run of an output operation. The span of a batch
// lasts for the total delay of the batch: from the due time to the end of the last job.
//
// Spans follow the events of the engine. An event reaches a listener a moment after the engine's own work, so a user's
// function can ask for the context of a batch whose event is still on the way: the span then begins with the question.
import {
  type Attributes,
  type Context,
  type HrTime,
  type Link,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
  type Tracer,
} from '@opentelemetry/api';
import type {
  BatchInfo,
  BatchTime,
  Clock,
  Logger,
  OutputOperationInfo,
  StreamingEvents,
  StreamInputInfo,
} from '@millrace/core';
import {
  completedAttributes,
  exceptionOf,
  hrTimeOf,
  messageOf,
  operationAttributes,
  submittedAttributes,
} from './batch-attributes.ts';
import { SpanLinks } from './span-links.ts';
import type { TraceSource } from './trace-source.ts';

/** The traces that a batch comes from, by one of its inputs. */
export type LinksOf = (input: StreamInputInfo, batch: BatchInfo) => Iterable<TraceSource> | undefined;

/** The collaborators of the spans. */
export interface BatchSpansDeps {
  readonly tracer: Tracer;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Pick<Logger, 'warn'>;
  /** The name of the application; undefined while unknown. */
  readonly application: () => string | undefined;
  readonly linksOf: LinksOf;
  /** The most links of one batch. */
  readonly maxLinks: number;
  /** Further attributes of every span. */
  readonly attributes: Attributes;
}

/** The engine bounds waiting batches; open spans are bounded as well, for events that a slow listener has missed. */
const OPEN_MAX = 10_000;
/** The ended batches that are remembered, so that a late question opens no further span. */
const ENDED_MAX = 1_000;

interface OpenSpan {
  readonly span: Span;
  readonly context: Context;
  readonly startMs: number;
}

interface OpenBatch extends OpenSpan {
  readonly links: SpanLinks;
  /** The running output operations by number. */
  readonly operations: Map<number, OpenSpan>;
  /** The output operations that have run before: of a batch that was held and runs again. */
  readonly hasRun: Set<number>;
}

/** Makes spans from events. */
export class BatchSpans {
  readonly #deps: BatchSpansDeps;
  readonly #open = new Map<BatchTime, OpenBatch>();
  readonly #ended = new Set<BatchTime>();
  #hasWarned = false;

  constructor(deps: BatchSpansDeps) {
    this.#deps = deps;
  }

  /** Follows an event; ignores events of other things. */
  onEvent<K extends keyof StreamingEvents>(event: K, value: StreamingEvents[K]): void {
    if (event === 'batch:submitted') this.#submitted((value as StreamingEvents['batch:submitted']).batch);
    else if (event === 'batch:completed')
      this.#completed((value as StreamingEvents['batch:completed']).batch);
    else if (event === 'output-operation:started')
      this.#operationStarted((value as StreamingEvents['output-operation:started']).operation);
    else if (event === 'output-operation:completed')
      this.#operationCompleted((value as StreamingEvents['output-operation:completed']).operation);
    else if (event === 'streaming:stopped') this.endAll();
  }

  /** The name of the application; undefined while unknown. */
  get application(): string | undefined {
    return this.#deps.application();
  }

  /** The context of a running output operation, or else of its batch; undefined for a batch that has ended. */
  contextOf(batchTime: BatchTime, outputOperation?: number): Context | undefined {
    const nowMs = this.#deps.clock.now();
    const batch = this.#batchAt(batchTime, nowMs);
    if (batch === undefined || outputOperation === undefined) return batch?.context;
    const known = batch.operations.get(outputOperation);
    // An operation that has ended gets no further span by a late question.
    if (known === undefined && batch.hasRun.has(outputOperation)) return batch.context;
    return (known ?? this.#beginOperation(batch, { batchTime, id: outputOperation }, nowMs)).context;
  }

  /** Links the span of a running batch. False: nothing was linked. */
  link(batchTime: BatchTime, source: unknown): boolean {
    const batch = this.#batchAt(batchTime, this.#deps.clock.now());
    const link = batch?.links.take(source);
    if (link === undefined) return false;
    batch?.span.addLink(link);
    return true;
  }

  /** Ends every open span: the batches that a stop leaves behind. */
  endAll(): void {
    for (const batchTime of this.#open.keys()) this.#end(batchTime, this.#deps.clock.now());
  }

  #submitted(batch: BatchInfo): void {
    const { generatorLagMs, allocateMs, generateMs } = batch.phases;
    const dueMs = batch.submissionMs - generatorLagMs - allocateMs - generateMs;
    const open = this.#batchAt(batch.batchTime, dueMs, batch);
    if (open?.span.isRecording() !== true) return;
    open.span.setAttributes(submittedAttributes(batch));
    for (const link of this.#linksOf(batch, open.links)) open.span.addLink(link);
  }

  #linksOf(batch: BatchInfo, links: SpanLinks): readonly Link[] {
    try {
      return [...batch.inputs.values()].flatMap((input) =>
        links.takeAll(this.#deps.linksOf(input, batch) ?? []),
      );
    } catch (error) {
      // The user's function: its mistake costs links and nothing else, and is told once.
      if (!this.#hasWarned) this.#deps.log.warn('linksOf failed, the batch has no links', { error });
      this.#hasWarned = true;
      return [];
    }
  }

  #completed(batch: BatchInfo): void {
    const open = this.#batchAt(batch.batchTime, batch.submissionMs, batch);
    if (open === undefined) return;
    if (open.span.isRecording()) {
      open.span.setAttributes(completedAttributes(batch));
      if (batch.outcome !== 'succeeded') {
        const failure = batch.outputOperations.find((operation) => operation.failure)?.failure;
        const message = failure === undefined ? {} : { message: messageOf(failure) };
        open.span.setStatus({ code: SpanStatusCode.ERROR, ...message });
      }
    }
    this.#end(batch.batchTime, batch.processingEndMs ?? this.#deps.clock.now());
  }

  #operationStarted(operation: OutputOperationInfo): void {
    const nowMs = this.#deps.clock.now();
    const batch = this.#batchAt(operation.batchTime, operation.startMs ?? nowMs);
    if (batch === undefined) return;
    const known = batch.operations.get(operation.id);
    // The start in the event is the start of the first run.
    const startMs = batch.hasRun.has(operation.id) ? nowMs : (operation.startMs ?? nowMs);
    if (known === undefined) this.#beginOperation(batch, operation, startMs);
    else known.span.updateName(operation.name).setAttributes(operationAttributes(operation));
  }

  #beginOperation(
    batch: OpenBatch,
    operation: Pick<OutputOperationInfo, 'batchTime' | 'id'> & { readonly name?: string },
    startMs: number,
  ): OpenSpan {
    const name = operation.name ?? `output ${operation.id}`;
    const attributes = { ...this.#deps.attributes, ...operationAttributes({ ...operation, name }) };
    const span = this.#deps.tracer.startSpan(
      name,
      { kind: SpanKind.INTERNAL, startTime: hrTimeOf(startMs), attributes },
      batch.context,
    );
    const open = { span, context: trace.setSpan(batch.context, span), startMs };
    batch.hasRun.add(operation.id);
    batch.operations.set(operation.id, open);
    return open;
  }

  #operationCompleted(operation: OutputOperationInfo): void {
    const batch = this.#open.get(operation.batchTime);
    const open = batch?.operations.get(operation.id);
    if (open === undefined) return;
    batch?.operations.delete(operation.id);
    const endTime = endOf(open, operation.endMs ?? this.#deps.clock.now());
    const { failure } = operation;
    if (open.span.isRecording()) {
      open.span.setAttribute('millrace.output.attempts', operation.attempts);
      if (failure !== undefined) {
        open.span.recordException(exceptionOf(failure), endTime);
        open.span.setStatus({ code: SpanStatusCode.ERROR, message: messageOf(failure) });
      }
    }
    open.span.end(endTime);
  }

  /** The open batch, begun now if there is none; undefined for a batch that has ended. */
  #batchAt(batchTime: BatchTime, startMs: number, info?: BatchInfo): OpenBatch | undefined {
    const known = this.#open.get(batchTime);
    if (known !== undefined || this.#ended.has(batchTime)) return known;
    const { application } = this;
    const { attributes, tracer } = this.#deps;
    const span = tracer.startSpan(
      'millrace batch',
      {
        kind: SpanKind.CONSUMER,
        root: true,
        startTime: hrTimeOf(startMs),
        attributes: {
          ...attributes,
          ...(info === undefined ? { 'millrace.batch.time': batchTime } : submittedAttributes(info)),
          ...(application === undefined ? {} : { 'millrace.application': application }),
        },
      },
      ROOT_CONTEXT,
    );
    const open = {
      span,
      context: trace.setSpan(ROOT_CONTEXT, span),
      startMs,
      links: new SpanLinks(this.#deps.maxLinks),
      operations: new Map<number, OpenSpan>(),
      hasRun: new Set<number>(),
    };
    this.#open.set(batchTime, open);
    const [oldest] = this.#open.keys();
    if (this.#open.size > OPEN_MAX && oldest !== undefined) this.#end(oldest, this.#deps.clock.now());
    return open;
  }

  #end(batchTime: BatchTime, endMs: number): void {
    const batch = this.#open.get(batchTime);
    if (batch === undefined) return;
    this.#open.delete(batchTime);
    this.#ended.add(batchTime);
    const [oldest] = this.#ended;
    if (this.#ended.size > ENDED_MAX && oldest !== undefined) this.#ended.delete(oldest);
    for (const open of [...batch.operations.values(), batch]) open.span.end(endOf(open, endMs));
  }
}

/** The end of a span: a wall clock that was set back makes no negative duration. */
function endOf({ startMs }: OpenSpan, endMs: number): HrTime {
  return hrTimeOf(Math.max(startMs, endMs));
}
