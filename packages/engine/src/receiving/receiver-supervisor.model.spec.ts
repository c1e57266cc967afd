// A receiver in a failing world: stores that fail, a driver that refuses or is away, restarts at any moment. In every
// case there is at most one live receiver, acknowledged records are durable and registered (REC-1), and in each life
// they are a prefix of the stored records (REC-2).
import { coreError } from '@millrace/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { supervised } from '../../test/supervised-receiver.ts';

const action = fc.oneof(
  fc.record({ do: fc.constant('store' as const), count: fc.integer({ min: 1, max: 7 }) }),
  fc.record({ do: fc.constant('advance' as const), ms: fc.integer({ min: 0, max: 3_000 }) }),
  fc.record({ do: fc.constant('restart' as const) }),
  fc.record({ do: fc.constant('handler' as const), isFine: fc.boolean() }),
  fc.record({ do: fc.constant('driver' as const), isFine: fc.boolean() }),
);
type Action = typeof action extends fc.Arbitrary<infer T> ? T : never;

class Trial {
  readonly #lives: { readonly stored: number[]; readonly acknowledged: number[] }[] = [];
  readonly #registered = new Set<string>();
  #live = 0;
  mostLive = 0;
  #isHandlerFine = true;
  #isDriverFine = true;
  #nextToken = 0;
  readonly world = supervised(
    {
      start: () => {
        this.#lives.push({ stored: [], acknowledged: [] });
        this.#live += 1;
        this.mostLive = Math.max(this.mostLive, this.#live);
      },
      closed: () => void (this.#live -= 1),
      acknowledge: (tokens) => void this.#lives.at(-1)?.acknowledged.push(...(tokens as number[])),
    },
    { maxRecordsPerBlock: 3, pushAttempts: 100, blockQueueSize: 4 },
  );

  async run(actions: readonly Action[]): Promise<void> {
    const { supervisor, driver, handler, clock } = this.world;
    handler.before = () => {
      if (!this.#isHandlerFine) throw new Error('not now');
    };
    driver.answers.AddBlock = ({ block }) => {
      if (!this.#isDriverFine) throw coreError('MR_EXECUTOR_UNREACHABLE', 'away');
      this.#registered.add(block.blockId);
      return { accepted: true };
    };
    supervisor.start();
    for (const one of actions) await this.#act(one);
    this.#isHandlerFine = true;
    this.#isDriverFine = true;
    const stopped = supervisor.stop('done', 60_000);
    await clock.advance(60_000);
    expect(await stopped).toEqual({ recordsLeft: 0 });
  }

  async #act(one: Action): Promise<void> {
    const { receivers, clock } = this.world;
    if (one.do === 'advance') await clock.advance(one.ms);
    else if (one.do === 'handler') this.#isHandlerFine = one.isFine;
    else if (one.do === 'driver') this.#isDriverFine = one.isFine;
    else if (one.do === 'restart') receivers.contexts.at(-1)?.restart('by chance', undefined, 500);
    else for (let count = 0; count < one.count; count += 1) this.#store();
  }

  #store(): void {
    const context = this.world.receivers.contexts.at(-1);
    if (context === undefined || context.signal.aborted) return;
    const token = this.#nextToken;
    try {
      context.store(token, token);
      this.#nextToken += 1;
      this.#lives.at(-1)?.stored.push(token);
    } catch {
      // An overrun: this receiver never waits. Refused records are not stored.
    }
  }

  check(): void {
    const { handler, clock } = this.world;
    const durable = handler.stored.filter(({ id }) => this.#registered.has(id));
    const safe = new Set(
      durable
        .flatMap(({ block }) => (block.kind === 'records' ? block.chunks : []))
        .flatMap((chunk) => chunk.records.slice(0, chunk.length)),
    );
    for (const { stored, acknowledged } of this.#lives) {
      expect(acknowledged).toEqual(stored.slice(0, acknowledged.length));
      expect(acknowledged.every((token) => safe.has(token))).toBe(true);
    }
    expect(handler.records).toEqual(this.#lives.flatMap(({ stored }) => stored));
    expect([this.mostLive <= 1, clock.pendingTimers]).toEqual([true, 0]);
  }
}

describe('ReceiverSupervisor in a failing world', () => {
  it('keeps its promises at any moment (REC-1, REC-2, REC-4)', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(action, { minLength: 3, maxLength: 30, size: 'max' }), async (actions) => {
        const trial = new Trial();
        await trial.run(actions);
        trial.check();
      }),
      { numRuns: 100 },
    );
  });
});
