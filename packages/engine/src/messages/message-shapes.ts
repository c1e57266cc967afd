// Shape checks for messages of other threads and processes, before any part of the engine trusts a message. The
// compiler knows the content of this program's messages, but nothing of a message from a connection. Only the outline
// is checked, which costs the same for every message; entries of lists are checked where the engine uses the entries.
import type { DriverProtocol, ExecutorProtocol, PeerProtocol } from '@millrace/core/engine';
import { coreError } from '@millrace/core';

type Check = (value: unknown) => boolean;
type Shape<Request> = { readonly [K in keyof Request]-?: Check };
type Shapes<Protocol> = {
  readonly [K in keyof Protocol]: Protocol[K] extends { readonly request: infer Request }
    ? Shape<Request>
    : never;
};

/** The most characters of a name, of an id or of a message. */
const TEXT_CHARACTERS_MAX = 65_536;
/** The most entries of a list: a batch of more blocks does not fit into memory either. */
const LIST_ENTRIES_MAX = 10_000_000;

const text: Check = (value) => typeof value === 'string' && value.length <= TEXT_CHARACTERS_MAX;
const whole: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const length: Check = (value) => typeof value === 'number' && !Number.isNaN(value);
const finite: Check = (value) => Number.isFinite(value);
const positive: Check = (value) => Number.isFinite(value) && (value as number) > 0;
const list: Check = (value) => Array.isArray(value) && value.length <= LIST_ENTRIES_MAX;
const object: Check = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
const bytes: Check = (value) => value instanceof Uint8Array;
const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);
const oneOf =
  (...values: readonly unknown[]): Check =>
  (value) =>
    values.includes(value);

const EXECUTOR_SHAPES: Shapes<ExecutorProtocol & PeerProtocol> = {
  StartReceiver: {
    epoch: whole,
    streamId: whole,
    attemptId: text,
    rateLimit: optional(positive),
    byteRateLimit: optional(positive),
  },
  StopReceiver: { epoch: whole, streamId: whole, message: text, withinMs: length },
  UpdateRateLimit: {
    epoch: whole,
    streamId: whole,
    recordsPerSecond: positive,
    bytesPerSecond: optional(positive),
  },
  UpdateCondition: { epoch: whole, heldBatches: whole },
  CleanupOldBlocks: { epoch: whole, threshold: finite, registeredUpTo: optional(finite) },
  Forget: { epoch: whole, blockIds: list, rddIds: list, doneUpTo: optional(finite) },
  PeerGone: { epoch: whole, executorId: text },
  RunTask: {
    epoch: whole,
    task: object,
    attempt: whole,
    runId: optional(whole),
    inputs: list,
    zeroTime: optional(finite),
    skipped: optional(list),
    snapshots: optional(object),
    shuffles: optional(list),
  },
  CancelTask: { epoch: whole, runId: whole },
  ReadGauges: { epoch: whole },
  FetchBuckets: { epoch: whole, shuffleId: text, partition: whole, mapPartitions: list },
  FetchBlock: { epoch: whole, block: object },
};

const DRIVER_SHAPES: Shapes<DriverProtocol> = {
  FetchSnapshot: { operator: text, batchTime: finite, partition: whole },
  RegisterReceiver: {
    streamId: whole,
    attemptId: text,
    receiverName: text,
    executorId: text,
    host: text,
    run: whole,
  },
  ReportStarted: { streamId: whole, attemptId: text, run: whole },
  AddBlock: { attemptId: text, block: object, leftOut: optional(object), content: optional(bytes) },
  ReportError: { streamId: whole, attemptId: text, message: text, error: optional(object) },
  DeregisterReceiver: {
    streamId: whole,
    attemptId: text,
    run: whole,
    message: text,
    error: optional(object),
    reason: oneOf('final', 'failed', 'stopped', 'restarting'),
    recordsLeft: whole,
    delayMs: optional(length),
  },
};

const TO_EXECUTORS = shapesByKind(EXECUTOR_SHAPES);
const TO_DRIVERS = shapesByKind(DRIVER_SHAPES);

/** A map by kind: no kind in a message can match a property that every object inherits. */
function shapesByKind(shapes: object): ReadonlyMap<string, readonly (readonly [string, Check])[]> {
  return new Map(
    Object.entries(shapes).map(([kind, shape]) => [kind, Object.entries(shape as Shape<object>)]),
  );
}

/** Checks the shape of a message to an executor. @throws `MR_EXECUTOR_MESSAGE_INVALID`. */
export function assertMessageToExecutor(kind: string, request: unknown): void {
  assertShape(TO_EXECUTORS, kind, request);
}

/** Checks the shape of a message to a driver. @throws `MR_EXECUTOR_MESSAGE_INVALID`. */
export function assertMessageToDriver(kind: string, request: unknown): void {
  assertShape(TO_DRIVERS, kind, request);
}

function assertShape(shapes: typeof TO_EXECUTORS, kind: string, request: unknown): void {
  const shape = shapes.get(kind);
  if (shape === undefined)
    throw invalid(`expected one of ${[...shapes.keys()].join(', ')}, got another kind`);
  if (!object(request)) throw invalid(`expected ${kind} to be an object`);
  const fields = request as Readonly<Record<string, unknown>>;
  const wrong = shape.find(([name, check]) => !check(fields[name]));
  if (wrong !== undefined) throw invalid(`${kind} has no valid ${wrong[0]}`, { kind, field: wrong[0] });
}

function invalid(message: string, details: Readonly<Record<string, unknown>> = {}): Error {
  return coreError(
    'MR_EXECUTOR_MESSAGE_INVALID',
    `a message between driver and executors is not valid: ${message}`,
    {
      details,
    },
  );
}
