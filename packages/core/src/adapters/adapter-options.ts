// What all adapters have in common. An adapter makes a receiver of something that exists already, so what the receiver
// can promise is what is known of any such thing; the caller may know more and say so.
import { CONTRACT_VERSION } from '../contracts/contract-version.ts';
import type { ConfiguredReceiver, Receiver, ReceiverCapabilities } from '../contracts/receiver.ts';
import { describeValue, optionError } from '../options/option-error.ts';

/** Settings of every adapter. */
export interface AdapterOptions {
  /** Names the receiver in logs and listings; by default the kind of adapter, for instance `'async-iterable'`. */
  readonly name?: string;
  /**
   * What to do when the source fails: `'restart'` (default) asks for a new start, after the engine's delay, with a
   * source made anew; `'stop'` ends the receiver for good.
   */
  readonly onError?: 'restart' | 'stop';
  /** Whether the source ends by itself. By default false: nothing is promised. */
  readonly bounded?: boolean;
  /**
   * What the source touches outside of the engine. By default `['process']`, since an adapter cannot know; say `[]`
   * for a source that touches nothing, and it runs in a simulation too.
   */
  readonly touches?: ReceiverCapabilities['touches'];
  /** The host the receiver would like to run on; by default any. */
  readonly preferredHost?: string;
}

/** What one adapter adds to the settings of all. */
export interface AdapterKind<T> {
  /** The default name, in kebab case. */
  readonly kind: string;
  /** Whether its sources can be made to wait. */
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

/** Throws `MR_CONFIG_INVALID_OPTION` when it does not hold. */
export function requireOption(holds: boolean, { kind, path, expected, got }: WrongOption): void {
  if (holds) return;
  throw optionError(kind, [{ path, expected: `expected ${expected}`, got: describeValue(got) }]);
}
