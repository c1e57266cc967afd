// The common part of all adapters. An adapter makes a receiver from an existing object. The receiver's capabilities are
// therefore limited to the guarantees of any object of that kind; the caller may know more and declare more.
import { CONTRACT_VERSION } from '../contracts/contract-version.ts';
import type { ConfiguredReceiver, Receiver, ReceiverCapabilities } from '../contracts/receiver.ts';
import { filledText, flag, oneOf, option, type OptionTable } from '../options/option-rules.ts';
import { resolveOptions } from '../options/resolve-options.ts';

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

const isTextList = (value: unknown): boolean =>
  Array.isArray(value) && Array.from(value).every((item) => typeof item === 'string');

/** The rules of the settings of every adapter; an adapter with more settings spreads them into its own table. */
export const adapterTable: OptionTable<AdapterOptions> = {
  name: filledText('a text that is not empty'),
  onError: oneOf(['restart', 'stop']),
  bounded: flag(),
  touches: option('a list of texts, empty for nothing', isTextList),
  preferredHost: filledText('the name of a host'),
};

/** The settings of an adapter without settings of its own. @throws `MR_CONFIG_INVALID_OPTION` */
export function adapterOptions(kind: string, given: unknown): Readonly<AdapterOptions> {
  return resolveOptions<AdapterOptions>({ owner: kind, table: adapterTable, given });
}

/** Makes the configured receiver of an adapter, frozen. The options are resolved ones. */
export function configuredAdapter<T>(
  { kind, pause, create }: AdapterKind<T>,
  options: AdapterOptions,
): ConfiguredReceiver<T> {
  const { name = kind, bounded = false, touches = ['process'] } = options;
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
