// The settings of an application's streams, and the comparison with the settings that the servers repeat. A server leaves out a
// setting that it does not know, and an operator may have changed one: either would break a promise without a word.
import type { StreamConfig } from '../streams/stream-shapes.ts';
import { type StreamPurpose, streamName, SUBJECTS } from './app-names.ts';

/** The settings that an operator may choose. */
export interface StreamChoice {
  /** The number of servers with a copy: 1, 3 or 5. */
  readonly replicas: number;
}

const MIB = 1024 * 1024;
const GIB = 1024 * MIB;
/** Two minutes. */
const DUPLICATE_WINDOW = 120_000_000_000;
/** A group of entries of 1 MB with its head and headers. */
const MESSAGE_BYTES = 1_100_000;

/** The settings of a stream. */
export function streamConfig(app: string, purpose: StreamPurpose, { replicas }: StreamChoice): StreamConfig {
  const common = {
    name: streamName(app, purpose),
    retention: 'limits',
    storage: 'file',
    discard: 'new',
    num_replicas: replicas,
    max_bytes: 16 * GIB,
    max_msg_size: -1,
    max_msgs_per_subject: -1,
    duplicate_window: DUPLICATE_WINDOW,
    deny_delete: false,
    allow_direct: false,
  } as const;
  switch (purpose) {
    case 'META':
      return {
        ...common,
        subjects: [SUBJECTS.meta(app)],
        max_bytes: 2 * GIB,
        max_msg_size: MESSAGE_BYTES,
        deny_delete: true,
      };
    case 'CTL':
      return {
        ...common,
        subjects: [SUBJECTS.control(app, '>')],
        discard: 'old',
        max_bytes: 64 * MIB,
        max_msgs_per_subject: 1,
      };
    case 'CKPT':
      return { ...common, subjects: [SUBJECTS.checkpoints(app, '>')], max_msg_size: MESSAGE_BYTES };
  }
}

/** Settings whose value an operator may choose: a bound is a bound, and more copies are safer. */
const CHOSEN: ReadonlySet<string> = new Set(['max_bytes', 'metadata']);

/** The settings that differ from the plan, each as `name: expected …, got …`. */
export function streamDifferences(planned: StreamConfig, found: StreamConfig): readonly string[] {
  return Object.entries(planned).flatMap(([name, expected]) => {
    const value = (found as unknown as Readonly<Record<string, unknown>>)[name] ?? absentValue(expected);
    if (CHOSEN.has(name) || JSON.stringify(value) === JSON.stringify(expected)) return [];
    return [`${name}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(value)}`];
  });
}

/** Servers leave out a setting that is false. */
function absentValue(expected: unknown): unknown {
  return expected === false ? false : undefined;
}
