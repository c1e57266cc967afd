// A process with one receiver, for tests that measure held memory. The context keeps the count of each id instead of the
// records, and acknowledges a moment after storing. Messages control the process:
//
//   'hold' / 'go'     the engine asks to wait / takes records again
//   'measure'         collects garbage and answers with the bytes that are held
//   'stored'          answers with how often each id was stored
import { SystemClock } from '@millrace/core';
import { RecordingReceiverContext } from '@millrace/testing';
import { httpRecords, type HttpRecordsInput } from '../src/index.ts';

/** Messages of the host. */
export type HostMessage =
  | { readonly kind: 'listening'; readonly port: number; readonly healthUrl: string }
  | { readonly kind: 'held'; readonly bytes: number }
  | { readonly kind: 'stored'; readonly counts: readonly (readonly [id: number, count: number])[] };

const ACKNOWLEDGE_MS = 5;

const clock = new SystemClock();
const receiver = httpRecords(JSON.parse(process.argv[2] ?? '{}') as HttpRecordsInput).create();
const counts = new Map<number, number>();

class ForgetfulContext extends RecordingReceiverContext {
  #held: PromiseWithResolvers<void> | undefined;
  #tokens: unknown[] = [];

  constructor() {
    super({ clock });
  }

  hold(): void {
    this.#held ??= Promise.withResolvers();
  }

  go(): void {
    this.#held?.resolve();
    this.#held = undefined;
  }

  override store(record: unknown, token?: unknown): boolean {
    const id = (record as { readonly id?: number }).id ?? -1;
    counts.set(id, (counts.get(id) ?? 0) + 1);
    if (this.#tokens.length === 0) clock.after(ACKNOWLEDGE_MS, () => this.#acknowledge());
    this.#tokens.push(token);
    return this.#held === undefined;
  }

  override async ready(): Promise<void> {
    await this.#held?.promise;
  }

  #acknowledge(): void {
    void receiver.acknowledge?.(this.#tokens);
    this.#tokens = [];
  }
}

const context = new ForgetfulContext();

process.on('message', (message: string) => {
  if (message === 'hold') context.hold();
  else if (message === 'go') context.go();
  else if (message === 'measure') tell({ kind: 'held', bytes: heldBytes() });
  else tell({ kind: 'stored', counts: [...counts] });
});
process.on('disconnect', () => process.exit());

await context.start(receiver);
const fields = context.log.lines.find(({ message }) => message === 'http receiver listening')?.fields;
tell({ kind: 'listening', port: Number(fields?.['port']), healthUrl: String(fields?.['healthUrl']) });

function tell(message: HostMessage): void {
  process.send?.(message);
}

function heldBytes(): number {
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
