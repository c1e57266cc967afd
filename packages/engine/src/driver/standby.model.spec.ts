// Drivers of one application that die, are paused, lose the way to the lease, are stopped and started again, in any order:
// no batch is decided twice, no number is missing or in two batches, and drivers never begin jobs by turns.
import fc from 'fast-check';
import { isMillraceError } from '@millrace/core';
import { describe, expect, it } from 'vitest';
import { type SharedDriver, TwoDrivers } from '../../test/two-drivers.ts';

const KINDS = ['kill', 'pause', 'cut off', 'stop', 'hand over', 'begin'] as const;

/** An event in the life of the driver in this place, counted from the oldest one. */
interface Happening {
  readonly kind: (typeof KINDS)[number];
  readonly driver: number;
  readonly lastsMs: number;
  readonly thenMs: number;
}

const happenings = fc.array(
  fc.record<Happening>({
    kind: fc.constantFrom(...KINDS),
    driver: fc.nat(2),
    lastsMs: fc.integer({ min: 1, max: 180 }).map((tenths) => tenths * 100),
    thenMs: fc.integer({ min: 1, max: 60 }).map((tenths) => tenths * 100),
  }),
  { minLength: 2, maxLength: 7 },
);

/** Drivers and the ends of their pauses and cuts. */
class Application {
  readonly world = new TwoDrivers();
  readonly drivers: SharedDriver[] = [];
  /** The drivers in the order of the jobs that they began; jobs in a row count once. */
  readonly begins: string[] = [];
  #ends: { readonly atMs: number; readonly end: () => Promise<void> | void }[] = [];
  #nowMs = 0;
  #begun = 0;

  constructor() {
    this.world.inJob = (driver) => {
      if (this.begins.at(-1) !== driver) this.begins.push(driver);
    };
  }

  begin(): void {
    this.#begun += 1;
    this.drivers.push(this.world.begin(`driver-${this.#begun}`));
  }

  /** The drivers that have not ended, oldest first. */
  get alive(): readonly SharedDriver[] {
    return this.drivers.filter(({ ssc, isRunning }) => isRunning && ssc.state !== 'STOPPED');
  }

  async happen({ kind, driver: place, lastsMs, thenMs }: Happening): Promise<void> {
    const { world, alive } = this;
    const driver = alive[place % Math.max(1, alive.length)];
    if (kind === 'begin' || driver === undefined) this.begin();
    else if (kind === 'kill') world.kill(driver);
    else if (kind === 'pause') {
      world.pause(driver);
      this.#endAfter(lastsMs, () => world.resume(driver));
    } else if (kind === 'cut off') this.#endAfter(lastsMs, driver.lease.cutOff());
    else void driver.ssc.stop({ handOver: kind === 'hand over' });
    await this.pass(thenMs);
  }

  async pass(ms: number): Promise<void> {
    for (let passedMs = 0; passedMs < ms; passedMs += 100) {
      await this.world.pass(100);
      this.#nowMs += 100;
      const over = this.#ends.filter(({ atMs }) => atMs <= this.#nowMs);
      this.#ends = this.#ends.filter((end) => !over.includes(end));
      for (const { end } of over) await end();
    }
  }

  /** Ends all pauses and cuts, and lets one driver finish. */
  async finish(): Promise<void> {
    await this.pass(18_000);
    if (this.alive.length === 0) this.begin();
    await this.pass(8_000);
  }

  #endAfter(ms: number, end: () => Promise<void> | void): void {
    this.#ends.push({ atMs: this.#nowMs + ms, end });
  }
}

/** No number is missing, none is in two batches, and batches that ran twice are equal. */
function expectEachNumberOnce({ outputs }: TwoDrivers): void {
  const batches = new Map<number, readonly number[]>();
  for (const { batchTime, numbers } of outputs) {
    expect(batches.get(batchTime) ?? numbers).toEqual(numbers);
    batches.set(batchTime, numbers);
  }
  const numbers = [...batches].toSorted(([a], [b]) => a - b).flatMap(([, found]) => found);
  expect(numbers).toEqual(numbers.map((_, index) => index));
}

describe('drivers of one application, whatever happens to them', () => {
  it('decide each batch once, in one order, and go on', async () => {
    await fc.assert(
      fc.asyncProperty(happenings, async (plan) => {
        const application = new Application();
        const { world } = application;
        application.begin();
        await application.pass(2_000);
        application.begin();
        for (const happening of plan) await application.happen(happening);
        await application.finish();

        const allocated = world.allocated();
        expect(allocated).toEqual([...new Set(allocated)].toSorted((a, b) => a - b));
        const epochs = world.epochs();
        expect(epochs).toEqual([...new Set(epochs)].toSorted((a, b) => a - b));
        expect(application.begins).toEqual([...new Set(application.begins)]);
        expectEachNumberOnce(world);
        // One driver is in charge and goes on; the others stand by, or have ended.
        const inCharge = application.alive.filter(({ ssc }) => ssc.state === 'ACTIVE');
        expect(inCharge.map(({ name }) => name)).toEqual([world.holder]);
        const newest = Math.max(...world.outputs.flatMap(({ numbers }) => numbers));
        expect(newest).toBeGreaterThan(world.source.produced - 40);
        for (const { ssc } of application.drivers.filter(({ isRunning }) => isRunning)) {
          if (ssc.state !== 'STOPPED') continue;
          await ssc.awaitTermination().catch((error: unknown) => {
            const isReplaced =
              isMillraceError(error, 'MR_LEASE_LOST') || isMillraceError(error, 'MR_WAL_FENCED');
            expect(isReplaced).toBe(true);
          });
        }
      }),
      { numRuns: 12 },
    );
  }, 120_000);
});
