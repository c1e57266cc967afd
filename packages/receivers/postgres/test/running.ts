// A receiver that a test runs without an engine.
import {
  type ConfiguredReceiver,
  NodeStorage,
  type Receiver,
  type SourceRange,
  SystemClock,
} from '@millrace/core';
import { RecordingReceiverContext, untilTrue } from '@millrace/testing';
import { onTestFinished } from 'vitest';

/** A running receiver with its context. */
export interface Running {
  readonly context: RecordingReceiverContext;
  readonly receiver: Receiver<unknown>;
}

/** Starts a receiver; ends with the test. */
export async function running(
  configured: ConfiguredReceiver<unknown>,
  { resumeFrom, room }: { readonly resumeFrom?: unknown; readonly room?: number } = {},
): Promise<Running> {
  const context = new RecordingReceiverContext({
    clock: new SystemClock(),
    storage: new NodeStorage(),
    resumeFrom,
    ...(room === undefined ? {} : { room }),
  });
  const receiver = configured.create();
  await context.start(receiver);
  onTestFinished(() => context.end(receiver));
  return { context, receiver };
}

/** The error of a receiver that does not start. */
export async function startFailure(
  configured: ConfiguredReceiver<unknown>,
  options: { readonly resumeFrom?: unknown } = {},
): Promise<unknown> {
  const { context } = await running(configured, options);
  return context.restarts[0]?.error;
}

/** Waits for this number of stored records. */
export async function stored(count: number, { context }: Running): Promise<void> {
  await untilTrue(() => context.records.length >= count);
}

/** The records of a range. */
export async function readRange(
  { readRange: read }: ConfiguredReceiver<unknown>,
  range: SourceRange,
): Promise<readonly unknown[]> {
  const context = new RecordingReceiverContext({ clock: new SystemClock(), storage: new NodeStorage() });
  const found: unknown[] = [];
  for await (const piece of read?.(range, context) ?? [])
    if (piece.kind === 'records') for (const record of piece.records) found.push(record);
  return found;
}
