// Messages of other threads and processes, looked at before anything believes them. The compiler knows what a message of
// this program holds; of a message that came over a connection it knows nothing. Only the outline is looked at, which costs
// the same for every message; what is inside of lists is looked at where it is used.
import {
  coreError,
  type DriverProtocol,
  type ExecutorProtocol,
  type PeerProtocol,
} from '@millrace/core/engine';

type Check = (value: unknown) => boolean;
type Shape<Request> = { readonly [K in keyof Request]-?: Check };
type Shapes<Protocol> = {
  readonly [K in keyof Protocol]: Protocol[K] extends { readonly request: infer Request }
    ? Shape<Request>
    : never;
};

/** Characters of a name, of an id or of a message. */
const TEXT_CHARACTERS_MAX = 65_536;
/** Entries of a list: a batch of more blocks does not fit into memory either. */
const LIST_ENTRIES_MAX = 10_000_000;

const text: Check = (value) => typeof value === 'string' && value.length <= TEXT_CHARACTERS_MAX;
const whole: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const length: Check = (value) => typeof value === 'number' && !Number.isNaN(value);
const finite: Check = (value) => Number.isFinite(value);
const positive: Check = (value) => Number.isFinite(value) && (value as number) > 0;
const list: Check = (value) => Array.isArray(value) && value.length <= LIST_ENTRIES_MAX;
const object: Check = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
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
  CleanupOldBlocks: { epoch: whole, threshold: finite, registeredUpTo: optional(finite) },
  Forget: { epoch: whole, blockIds: list, rddIds: list, doneUpTo: optional(finite) },
  PeerGone: { epoch: whole, executorId: text },
  RunTask: {
    epoch: whole,
    task: object,
    attempt: whole,
    inputs: list,
    zeroTime: optional(finite),
    skipped: optional(list),
    snapshots: optional(object),
    shuffles: optional(list),
  },
  FetchBuckets: { epoch: whole, shuffleId: text, partition: whole, mapPartitions: list },
  FetchBlock: { epoch: whole, block: object },
};

const DRIVER_SHAPES: Shapes<DriverProtocol> = {
  FetchSnapshot: { operator: text, batchTime: finite, partition: whole },
  RegisterReceiver: { streamId: whole, attemptId: text, receiverName: text, executorId: text, host: text },
  AddBlock: { attemptId: text, block: object, leftOut: optional(object) },
  ReportError: { streamId: whole, attemptId: text, message: text, error: optional(object) },
  DeregisterReceiver: {
    streamId: whole,
    attemptId: text,
    message: text,
    error: optional(object),
    reason: oneOf('final', 'failed', 'stopped', 'restarting'),
    recordsLeft: whole,
  },
};

const TO_EXECUTORS = shapesByKind(EXECUTOR_SHAPES);
const TO_DRIVERS = shapesByKind(DRIVER_SHAPES);

/** By kind in a map: no kind that somebody sends is a property that every object has. */
function shapesByKind(shapes: object): ReadonlyMap<string, readonly (readonly [string, Check])[]> {
  return new Map(
    Object.entries(shapes).map(([kind, shape]) => [kind, Object.entries(shape as Shape<object>)]),
  );
}

/** Whether an executor may believe a message. @throws `MR_EXECUTOR_MESSAGE_INVALID`. */
export function assertMessageToExecutor(kind: string, request: unknown): void {
  assertShape(TO_EXECUTORS, kind, request);
}

/** Whether a driver may believe a message. @throws `MR_EXECUTOR_MESSAGE_INVALID`. */
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
