// A receiver under its supervisor, with a scripted environment and a record of all calls.
import {
  type AckToken,
  type ConfiguredReceiver,
  ManualClock,
  MsgpackCodec,
  type Receiver,
  type ReceiverCapabilities,
  type ReceiverContext,
  type Storage,
  type StopReason,
} from '@millrace/core';
import { RecordingLogger } from '@millrace/testing';
import { BlockIds } from '../src/receiving/block-ids.ts';
import { DriverLink } from '../src/receiving/driver-link.ts';
import { RateLimiter } from '../src/receiving/rate-limiter.ts';
import { ReceiverSupervisor } from '../src/receiving/receiver-supervisor.ts';
import { type ReceivingOptions, resolveReceivingOptions } from '../src/receiving/receiving-options.ts';
import { configured, evenRandom, ScriptedDriver, ScriptedHandler } from './receiving-fakes.ts';

/** No receiver of these tests touches a file. */
export const noStorage = {} as Storage;

/** The script of a test's receiver; all other steps succeed at once. */
export interface ReceiverScript {
  readonly create?: () => void;
  readonly start?: (context: ReceiverContext<unknown>, life: number) => void | Promise<void>;
  readonly stop?: (reason: StopReason) => void | Promise<void>;
  readonly acknowledge?: (tokens: readonly AckToken[]) => void | Promise<void>;
  readonly closed?: () => void | Promise<void>;
  readonly capabilities?: Partial<ReceiverCapabilities>;
  readonly readRange?: ConfiguredReceiver<unknown>['readRange'];
}

/** A receiver that records its calls, in order, and keeps its contexts. */
export class ScriptedReceivers {
  readonly events: string[] = [];
  readonly contexts: ReceiverContext<unknown>[] = [];
  readonly acknowledged: AckToken[] = [];
  readonly #script: ReceiverScript;

  constructor(script: ReceiverScript) {
    this.#script = script;
  }

  /** The context of the latest life. */
  get context(): ReceiverContext<unknown> {
    const context = this.contexts.at(-1);
    if (context === undefined) throw new Error('no receiver was started');
    return context;
  }

  create(): Receiver<unknown> {
    this.#script.create?.();
    this.events.push('create');
    return {
      start: (context) => {
        this.events.push('start');
        this.contexts.push(context);
        return this.#script.start?.(context, this.contexts.length);
      },
      stop: (reason) => {
        this.events.push(`stop ${reason.kind}`);
        return this.#script.stop?.(reason);
      },
      acknowledge: async (tokens) => {
        this.events.push(`acknowledge ${tokens.join(' ')}`);
        await this.#script.acknowledge?.(tokens);
        this.acknowledged.push(...tokens);
      },
      closed: () => {
        this.events.push('closed');
        return this.#script.closed?.();
      },
    };
  }
}

/**
 * A started supervisor of stream 3, attempt `att`, on executor `a`. Messages to the driver are among the events.
 */
export function supervised(script: ReceiverScript = {}, receiving: Partial<ReceivingOptions> = {}) {
  const clock = new ManualClock(1_000_000);
  const options = resolveReceivingOptions(receiving);
  const receivers = new ScriptedReceivers(script);
  const driver = new ScriptedDriver((kind, request) => {
    if (kind === 'RegisterReceiver') receivers.events.push('register');
    if (kind === 'AddBlock') receivers.events.push('add block');
    if (kind === 'DeregisterReceiver' && 'reason' in request)
      receivers.events.push(`deregister ${request.reason}`);
  });
  const handler = new ScriptedHandler();
  const log = new RecordingLogger();
  const supervisor = new ReceiverSupervisor({
    streamId: 3,
    attemptId: 'att',
    identity: { executorId: 'a', host: 'here', cores: 1, driver },
    receiver: {
      ...configured(() => receivers.create(), script.capabilities),
      ...(script.readRange && { readRange: script.readRange }),
    },
    handler,
    codec: new MsgpackCodec(),
    link: new DriverLink({ driver, clock, random: evenRandom, log, options }),
    limiter: new RateLimiter({ clock, options }),
    blockIds: new BlockIds(3, 'att'),
    clock,
    random: evenRandom,
    storage: noStorage,
    log,
    options,
  });
  const { events } = receivers;
  return { supervisor, receivers, events, driver, handler, log, clock };
}
