// Plugins: what they say of themselves, and what an assembly gets of them.
import type { ContainerModule } from 'inversify';
import type { OptionsArgument, OptionsSchema } from '../contracts/options-schema.ts';
import type { PortToken } from '../contracts/port-token.ts';

/** What `definePlugin` takes. */
export interface PluginDefinition<Input, Options> {
  /** The package's name, for instance `@millrace/wal`; with several plugins in one package, `package/plugin`. */
  readonly name: string;
  /** The package's version; printed, never compared. */
  readonly version: string;
  /** The contract version it was written for (ADR 0001). */
  readonly contract: number;
  /** The ports it binds. Each replaces the engine's default; two plugins must not provide the same one. */
  readonly provides: readonly PortToken<unknown>[];
  /**
   * Those of `provides` that it binds whatever other given plugins say: for backends, which inside an executor put
   * their own in the place of what the program chose for the driver. Default none.
   */
  readonly overrides?: readonly PortToken<unknown>[];
  /** The ports it needs beyond those that every engine has. */
  readonly requires?: readonly PortToken<unknown>[];
  /**
   * Describes the options; its output is copied, frozen and given to `module`. A plugin without options uses
   * `noOptions`. Unknown names are refused when the schema is strict, so make it strict (zod: `strictObject`).
   */
  readonly optionsSchema: OptionsSchema<Input, Options>;
  /**
   * Names of options whose values are secret: never printed in messages or by `describe()`. A name counts wherever
   * it stands in the options, also in nested objects.
   */
  readonly secrets?: readonly string[];
  /** Binds the provided ports with `toResolvedValue` (ADR 0002); write it with `bindings`. Does no I/O. */
  readonly module: (options: Options) => ContainerModule;
}

/** A plugin with its options, ready to be assembled; may be given to several engines. */
export interface Plugin {
  readonly name: string;
  readonly version: string;
  readonly contract: number;
  readonly provides: readonly PortToken<unknown>[];
  readonly requires: readonly PortToken<unknown>[];
  /** The ports it binds whatever other given plugins say. */
  readonly overrides?: readonly PortToken<unknown>[];
  /** The options as validated, with secrets replaced; for `describe()`. */
  readonly printableOptions: unknown;
  readonly module: ContainerModule;
}

/**
 * Makes a plugin of its options. The argument may be left out when every option may be.
 *
 * @throws `MR_CONFIG_INVALID_OPTION` with path, value and what is expected.
 */
export type PluginFactory<Input> = (...args: OptionsArgument<Input>) => Plugin;
