// The trial of a receiver check: the source, the stage that plays the engine, waiting, and accounting by ids.
import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import { ManualClock, type SourceRange } from '@millrace/core';
import { MemoryStorage } from '../../memory-storage.ts';
import { settle } from '../../settle.ts';
import { ExplainedFinding } from '../kit/conformance-failure.ts';
import { applies, NotApplicable } from '../kit/not-applicable.ts';
import { openHandles } from './open-handles.ts';
import { receiverReports } from './receiver-reports.ts';
import { ReceiverStage, type StoreScript } from './receiver-stage.ts';
import type { ReceiverSubject, ReceiverTarget, ReceiverWorld } from './receiver-target.ts';

const START_MS = 1_732_158_000_000;
/** Virtual time that passes per poll. */
const STEP_MS = 50;
/** Polls before a wait fails. */
const LOOKS_MAX = 500;
/** Real time passes too from this poll on, because sockets need real time. */
const REAL_FROM_LOOK = 3;
const REAL_MS = 2;
/**
 * Further polls for a receiver with sockets, with real time as slow as virtual time: a busy machine or server may answer seconds
 * later.
 */
const PATIENT_LOOKS = 1_000;
const PATIENT_MS = 20;
/** Polls in a row without a change, before a source counts as calm; a server may be still for a while on a busy machine. */
const CALM_LOOKS = 50;
const CALM_LOOKS_WITH_SOCKETS = 250;
const CALM_LOOKS_MAX = 5_000;

/** A receiver under test. */
export class ReceiverTrial<T> {
  readonly subject: ReceiverSubject<T>;
  readonly target: ReceiverTarget<T>;
  readonly world: ReceiverWorld;
  readonly stage: ReceiverStage<T>;
  readonly #handlesBefore = openHandles();
  #sent = 0;
  #hasSockets = false;
  #released: Promise<void> | undefined;

  constructor(subject: ReceiverSubject<T>, target: ReceiverTarget<T>, world: ReceiverWorld) {
    this.subject = subject;
    this.target = target;
    this.world = world;
    this.stage = new ReceiverStage(target, world, (promise, what) => this.settled(promise, what));
  }

  /** The number of bytes taken from the source so far. */
  async takenBytes(): Promise<number> {
    return (await this.target.takenBytes?.()) ?? this.stage.storage.readBytes;
  }

  /** Every id that was sent, in order. */
  get sentIds(): readonly number[] {
    return Array.from({ length: this.#sent }, (_, id) => id);
  }

  /** True when the source sends unregistered records again after a restart. */
  get isReliable(): boolean {
    const { ack, replayable } = this.subject.capabilities;
    return ack !== 'none' || replayable;
  }

  /** Starts the receiver on a source with this many records, in the order required by the subject. */
  async startWith(count: number): Promise<void> {
    if (this.subject.feeding === 'before') await this.send(count);
    await this.stage.start();
    if (this.subject.feeding !== 'before') await this.send(count);
  }

  /** Waits until a pending start returns. */
  async settledStart(): Promise<void> {
    await this.settled(this.stage.life.started, 'start did not return');
  }

  /** Puts the next records into the source. */
  async send(count: number): Promise<void> {
    const ids = Array.from({ length: count }, (_, i) => this.#sent + i);
    this.#sent += count;
    await this.target.send(ids);
  }

  /** Precondition of checks that send while the receiver runs. */
  needsFeedingWhile(): void {
    applies(this.subject.feeding !== 'before', 'the source is complete before the receiver starts');
  }

  /** Precondition of checks of acknowledgements. */
  needsAck(): void {
    applies(this.subject.capabilities.ack !== 'none', "the receiver claims ack: 'none'");
    applies(this.target.acknowledged !== undefined, 'the target has no acknowledged');
  }

  /**
   * Waits for 25 s of virtual time, and for real time too when needed, until the condition holds. A receiver with sockets gets
   * 20 s more of both. @throws with `what` when the condition never holds.
   */
  async until(holds: () => boolean | Promise<boolean>, what: string | (() => string)): Promise<void> {
    for (let look = 0; this.#isLookLeft(look); look += 1) {
      await settle();
      if (await holds()) return;
      await this.#passBehind(look);
    }
    assert.fail(typeof what === 'string' ? what : what());
  }

  /** Waits without virtual time; real time passes, because sockets need real time. @throws like `until`. */
  async untilNow(holds: () => boolean | Promise<boolean>, what: string): Promise<void> {
    for (let look = 0; this.#isLookLeft(look); look += 1) {
      await settle();
      if (await holds()) return;
      await setTimeout(look < LOOKS_MAX ? REAL_MS : PATIENT_MS);
    }
    assert.fail(what);
  }

  /** True until a wait has failed. */
  #isLookLeft(look: number): boolean {
    return look < LOOKS_MAX + (this.#usesSockets() ? PATIENT_LOOKS : 0);
  }

  /** True from the first socket of the receiver on, also while its connection is broken. */
  #usesSockets(): boolean {
    this.#hasSockets ||= openHandles() > this.#handlesBefore;
    return this.#hasSockets;
  }

  /** Lets time pass between two polls. */
  async #passBehind(look: number): Promise<void> {
    const isPatient = look >= LOOKS_MAX;
    await this.world.clock.advance(isPatient ? PATIENT_MS : STEP_MS);
    if (look >= REAL_FROM_LOOK) await setTimeout(isPatient ? PATIENT_MS : REAL_MS);
  }

  /** Waits for a promise in the same way. */
  async settled<R>(promise: Promise<R>, what: string): Promise<R> {
    let isSettled = false;
    const mark = (): void => {
      isSettled = true;
    };
    promise.then(mark, mark);
    await this.until(() => isSettled, `${what} within ${(STEP_MS * LOOKS_MAX) / 1_000} s of virtual time`);
    return promise;
  }

  /** Lets time pass without a condition. */
  async pass(ms: number): Promise<void> {
    await settle();
    await setTimeout(5);
    await this.world.clock.advance(ms);
    await setTimeout(5);
    await settle();
  }

  /** Lets time pass until nothing more arrives from the source, and nothing more is stored. */
  async calm(ms: number): Promise<void> {
    await this.pass(ms);
    const enough = this.#usesSockets() ? CALM_LOOKS_WITH_SOCKETS : CALM_LOOKS;
    let seen = '';
    for (let look = 0, same = 0; look < CALM_LOOKS_MAX && same < enough; look += 1) {
      await setTimeout(REAL_MS);
      await settle();
      const now = `${await this.takenBytes()} ${this.stage.storedIds.length}`;
      same = now === seen ? same + 1 : 0;
      seen = now;
    }
  }

  /** Waits until this many records were stored, over all lives. */
  async untilStored(count: number): Promise<void> {
    await this.until(
      () => this.stage.storedIds.length >= count,
      () => `expected ${count} records to be stored, got ${this.stage.storedIds.length}`,
    );
  }

  /**
   * Plays the engine until every sent id is registered, and asserts throughout that no id is acknowledged before its
   * registration.
   */
  async pump(script: StoreScript = () => 'stored'): Promise<void> {
    const { stage } = this;
    const isDone = (): boolean => {
      const registered = new Set(stage.registeredIds);
      return this.sentIds.every((id) => registered.has(id));
    };
    for (let look = 0; this.#isLookLeft(look) && !isDone(); look += 1) {
      await settle();
      await stage.storeNext(script);
      await settle();
      await this.assertAcknowledgedAreRegistered();
      await stage.heed();
      if (stage.context.waiting.length > 0) continue;
      await this.#passBehind(look);
    }
    const registered = new Set(stage.registeredIds);
    const missing = this.sentIds.filter((id) => !registered.has(id));
    assert.deepEqual(missing, [], 'sent and never registered: these ids are lost');
  }

  /** REC-1: the source forgets no unregistered record. */
  async assertAcknowledgedAreRegistered(): Promise<void> {
    const acknowledged = (await this.target.acknowledged?.()) ?? [];
    const registered = new Set(this.stage.registeredIds);
    const early = acknowledged.filter((id) => !registered.has(id));
    assert.deepEqual(
      early,
      [],
      'acknowledged at the source without registration: a crash now would lose these ids',
    );
  }

  /** Each sent id is registered once, in order where the receiver promises an order. */
  assertOnceEach(): void {
    const found = this.stage.registeredIds;
    const isOrdered = this.subject.capabilities.ordering === 'per-stream';
    const ids = isOrdered ? [...found] : found.toSorted((a, b) => (a ?? -1) - (b ?? -1));
    assert.deepEqual(
      ids,
      this.sentIds,
      isOrdered ? 'expected each id once, in order' : 'expected each id once',
    );
  }

  /** Ids registered more than once. */
  repeatedIds(): readonly (number | undefined)[] {
    const { registeredIds } = this.stage;
    return registeredIds.filter((id, index) => registeredIds.indexOf(id) !== index);
  }

  /** Reads a range like a task, and reports ids on arrival. */
  async readRange(
    range: SourceRange,
    reading: {
      readonly onIds: (ids: readonly (number | undefined)[]) => void;
      readonly signal?: AbortSignal;
    },
  ): Promise<void> {
    const { signal = new AbortController().signal, onIds } = reading;
    const { clock, storage } = this.world;
    const context = { streamId: 0, signal, clock, storage, log: this.stage.log };
    for await (const piece of this.target.receiver.readRange?.(range, context) ?? []) {
      const records = piece.kind === 'records' ? piece.records : (linesOf(piece.bytes) as readonly T[]);
      onIds(records.map((record) => this.target.idOf(record)));
    }
  }

  /** Releases the source, at the first call only. */
  release(): Promise<void> {
    this.#released ??= Promise.resolve(this.target.dispose?.());
    return this.#released;
  }

  /** Releases everything. */
  async end(): Promise<void> {
    try {
      await this.stage.end();
    } finally {
      await this.release();
    }
  }
}

function linesOf(bytes: Uint8Array): readonly string[] {
  return new TextDecoder().decode(bytes).split('\n').slice(0, -1);
}

/** Runs a check with a separate trial. */
export async function withReceiverTrial<T>(
  subject: ReceiverSubject<T>,
  use: (trial: ReceiverTrial<T>) => Promise<void>,
): Promise<void> {
  const clock = new ManualClock(START_MS);
  const world: ReceiverWorld = { clock, storage: new MemoryStorage({ clock }) };
  const target = await subject.create(world);
  const trial = new ReceiverTrial(subject, target, world);
  const explained = (finding: unknown): unknown =>
    finding instanceof NotApplicable
      ? finding
      : new ExplainedFinding(finding, receiverReports(trial.stage.lives));
  try {
    await use(trial);
  } catch (finding) {
    const failure = explained(finding);
    // The end is awaited, because a late release of the source would disturb the next check. After a failure the receiver may be
    // in any state, so an error at the end would hide the reason of the failure.
    await trial.end().catch(() => undefined);
    throw failure;
  }
  try {
    await trial.end();
  } catch (finding) {
    throw explained(finding);
  }
}
