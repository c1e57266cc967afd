// The common part of all adapters. An adapter makes a receiver from an existing object. The receiver's capabilities are
// therefore limited to the guarantees of any object of that kind; the caller may know more and declare more.
import { CONTRACT_VERSION } from '../contracts/contract-version.ts';
import type { ConfiguredReceiver, Receiver, ReceiverCapabilities } from '../contracts/receiver.ts';
import { describeValue, optionError } from '../options/option-error.ts';

/** Settings of every adapter. */
export interface AdapterOptions {
  /** The name of the receiver in logs and listings; by default the kind of adapter, for instance `'async-iterable'`. */
  readonly name?: string;
  /**
   * The reaction to a failure of the source: `'restart'` (default) requests a new start, after the engine's delay, with
   * a new source; `'stop'` ends the receiver for good.
   */
  readonly onError?: 'restart' | 'stop';
  /** True when the source has an end. Default false: no guarantee. */
  readonly bounded?: boolean;
  /**
   * The resources that the source uses outside the engine. Default `['process']`, since an adapter cannot know; with
   * `[]`, for a source without outside resources, the receiver also runs in a simulation.
   */
  readonly touches?: ReceiverCapabilities['touches'];
  /** The preferred host of the receiver; by default any host. */
  readonly preferredHost?: string;
}

/** The properties of one adapter, in addition to the common settings. */
export interface AdapterKind<T> {
  /** The default name, in kebab case. */
  readonly kind: string;
  /** True when sources of this adapter can wait. */
  readonly pause: boolean;
  /** Makes the receiver of one start. */
  readonly create: () => Receiver<T>;
}

/**
 * Makes the configured receiver of an adapter, frozen.
 *
 * @throws `MR_CONFIG_INVALID_OPTION` when a setting has a wrong value.
 */
export function configuredAdapter<T>(
  { kind, pause, create }: AdapterKind<T>,
  options: AdapterOptions,
): ConfiguredReceiver<T> {
  const { name = kind, onError = 'restart', bounded = false, touches = ['process'] } = options;
  requireOption(name !== '', { kind, path: 'name', expected: 'a text that is not empty', got: name });
  requireOption(onError === 'restart' || onError === 'stop', {
    kind,
    path: 'onError',
    expected: "'restart' or 'stop'",
    got: onError,
  });
  const capabilities = Object.freeze({
    ack: 'none',
    replayable: false,
    ordering: 'per-stream',
    pause,
    bounded,
    format: 'records',
    touches: Object.freeze([...touches]),
  } as const satisfies ReceiverCapabilities);
  return Object.freeze({
    name,
    contract: CONTRACT_VERSION,
    capabilities,
    description: name,
    preferredHost: options.preferredHost,
    create,
  });
}

/** A wrong setting of an adapter. */
export interface WrongOption {
  readonly kind: string;
  readonly path: string;
  readonly expected: string;
  readonly got: unknown;
}

/** Throws `MR_CONFIG_INVALID_OPTION` when `holds` is false. */
export function requireOption(holds: boolean, { kind, path, expected, got }: WrongOption): void {
  if (holds) return;
  throw optionError(kind, [{ path, expected: `expected ${expected}`, got: describeValue(got) }]);
}
