// Random receivers against a simple model: the stored records in a list. For all outcomes of pushes, the blocks
// together equal that list (BLK-1), the tokens come in the same order (REC-2), and the buffer stays within the bounds
// (BLK-2).
import { isMillraceError, ManualClock } from '@millrace/core';
import { RecordingLogger } from '@millrace/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evenRandom, recordsOf, textOf } from '../../test/receiving-fakes.ts';
import { BlockGenerator } from './block-generator.ts';
import { BlockIds } from './block-ids.ts';
import type { CutBlock } from './cut-block.ts';
import { RateLimiter } from './rate-limiter.ts';
import { resolveReceivingOptions } from './receiving-options.ts';

type Action =
  | { readonly do: 'store'; readonly count: number }
  | { readonly do: 'text'; readonly lines: number }
  | { readonly do: 'block'; readonly count: number; readonly isAwaited: boolean }
  | { readonly do: 'hurry'; readonly count: number }
  | { readonly do: 'advance'; readonly ms: number }
  | { readonly do: 'break'; readonly pushes: number };

const action: fc.Arbitrary<Action> = fc.oneof(
  fc.record({ do: fc.constant('store' as const), count: fc.integer({ min: 1, max: 5_000 }) }),
  fc.record({ do: fc.constant('text' as const), lines: fc.integer({ min: 1, max: 20 }) }),
  fc.record({
    do: fc.constant('block' as const),
    count: fc.integer({ min: 1, max: 50 }),
    isAwaited: fc.boolean(),
  }),
  fc.record({ do: fc.constant('hurry' as const), count: fc.integer({ min: 1, max: 20 }) }),
  fc.record({ do: fc.constant('advance' as const), ms: fc.integer({ min: 0, max: 500 }) }),
  fc.record({ do: fc.constant('break' as const), pushes: fc.integer({ min: 1, max: 3 }) }),
);

const options = resolveReceivingOptions({
  maxRecordsPerBlock: 2_000,
  maxBytesPerBlock: 20_000,
  maxHeldRecords: 10_000,
  maxHeldBytes: 100_000,
  blockQueueSize: 3,
  maxRate: 100_000,
  pushAttempts: 1_000,
});

/** A receiver that waits when asked to, unless it hurries; its clock runs while the receiver waits. */
class ModelledReceiver {
  readonly clock = new ManualClock(1_000_000);
  readonly stored: unknown[] = [];
  readonly tokens: number[] = [];
  readonly pushed: CutBlock[] = [];
  mostHeld = 0;
  #failing = 0;
  readonly #ids = new BlockIds(0, 'x');
  readonly generator = new BlockGenerator({
    clock: this.clock,
    random: evenRandom,
    log: new RecordingLogger(),
    options,
    limiter: new RateLimiter({ clock: this.clock, options }),
    sourceWaits: true,
    nextBlockId: () => this.#ids.next(),
    onPushBlock: (cut) => this.#push(cut),
    onFailed: (error) => {
      throw error;
    },
  });

  async run(actions: readonly Action[]): Promise<void> {
    this.generator.start();
    for (const one of actions) await this.#act(one);
    const stopped = this.generator.stop(new Error('done'));
    await this.clock.advance(10_000);
    expect(await stopped).toEqual({ recordsLeft: 0 });
  }

  async #act(one: Action): Promise<void> {
    if (one.do === 'advance') await this.clock.advance(one.ms);
    else if (one.do === 'break') this.#failing = one.pushes;
    else if (one.do === 'text') await this.#storeText(one.lines);
    else if (one.do === 'block') await this.#storeBlock(one.count, one.isAwaited);
    else if (one.do === 'hurry') for (let count = 0; count < one.count; count += 1) this.#hurry();
    else for (let count = 0; count < one.count; count += 1) await this.#store();
  }

  async #store(): Promise<void> {
    const record = this.stored.length;
    this.stored.push(record);
    const isAcknowledged = record % 3 === 0;
    if (isAcknowledged) this.tokens.push(record);
    await this.#waitUnless(this.generator.store(record, isAcknowledged ? record : undefined));
  }

  #hurry(): void {
    const record = this.stored.length;
    try {
      this.generator.store(record);
      this.stored.push(record);
    } catch (error) {
      expect(isMillraceError(error, 'MR_RECEIVER_OVERRUN')).toBe(true);
    }
  }

  async #storeText(lines: number): Promise<void> {
    const texts = Array.from({ length: lines }, (_, line) => `${this.stored.length + line}`);
    this.stored.push(...texts);
    await this.#waitUnless(this.generator.storeText(textOf(...texts), lines));
  }

  async #storeBlock(count: number, isAwaited: boolean): Promise<void> {
    const records = Array.from({ length: count }, (_, index) => this.stored.length + index);
    this.stored.push(...records);
    const chunks = [{ records, length: count }];
    const stored = this.generator.storeBlock({
      kind: 'records',
      chunks,
      recordCount: count,
      sizeBytes: 8 * count,
    });
    if (isAwaited) await this.#letPass(stored);
  }

  async #waitUnless(isWelcome: boolean): Promise<void> {
    this.mostHeld = Math.max(this.mostHeld, this.generator.held.records);
    if (!isWelcome) await this.#letPass(this.generator.ready());
  }

  async #letPass(promise: Promise<void>): Promise<void> {
    let isOver = false;
    void promise.then(() => (isOver = true));
    for (let step = 0; step < 1_000 && !isOver; step += 1) await this.clock.advance(20);
    expect(isOver).toBe(true);
  }

  async #push(cut: CutBlock): Promise<void> {
    if (this.#failing > 0) {
      this.#failing -= 1;
      throw new Error('not now');
    }
    this.pushed.push(cut);
  }
}

describe('BlockGenerator against its model', () => {
  it('keeps every record once and in order, under all failures (BLK-1, BLK-2, REC-2)', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(action, { minLength: 1, maxLength: 15 }), async (actions) => {
        const receiver = new ModelledReceiver();
        await receiver.run(actions);
        expect(receiver.pushed.flatMap(({ block }) => recordsOf(block))).toEqual(receiver.stored);
        expect(receiver.pushed.flatMap(({ tokens }) => tokens)).toEqual(receiver.tokens);
        expect(receiver.pushed.map(({ id }) => id)).toEqual(
          receiver.pushed.map((_, index) => `input-0-x-${index}`),
        );
        expect(receiver.mostHeld).toBeLessThanOrEqual(options.maxHeldRecords);
        expect(receiver.clock.pendingTimers).toBe(0);
        const nothing = { records: 0, bytes: 0, blocks: 0 };
        expect([receiver.generator.held, receiver.generator.waiting]).toEqual([nothing, nothing]);
      }),
      { numRuns: 60 },
    );
  });
});
