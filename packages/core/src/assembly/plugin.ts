// Plugins: the definition by the author, and the result for an assembly.
import type { ContainerModule } from 'inversify';
import type { OptionsArgument, OptionsSchema } from '../contracts/options-schema.ts';
import type { PortToken } from '../contracts/port-token.ts';

/** The argument of `definePlugin`. */
export interface PluginDefinition<Input, Options> {
  /** The package's name, for instance `@millrace/wal`; with several plugins in one package, `package/plugin`. */
  readonly name: string;
  /** The package's version; printed, never compared. */
  readonly version: string;
  /** The contract version that the plugin implements (ADR 0001). */
  readonly contract: number;
  /**
   * The ports that the plugin binds. Each replaces the engine's default; two plugins must not provide the same port.
   */
  readonly provides: readonly PortToken<unknown>[];
  /**
   * The ports of `provides` that the plugin binds with precedence over other plugins of the caller: for backends, which
   * inside an executor replace the program's choice for the driver. Default none.
   */
  readonly overrides?: readonly PortToken<unknown>[];
  /** The required ports beyond the ports of every engine. */
  readonly requires?: readonly PortToken<unknown>[];
  /**
   * Describes the options; the output is copied, frozen and passed to `module`. A plugin without options uses
   * `noOptions`. A strict schema refuses unknown names, so use one (zod: `strictObject`).
   */
  readonly optionsSchema: OptionsSchema<Input, Options>;
  /**
   * Names of options with secret values: never printed in messages or by `describe()`. A name counts at any place in
   * the options, including nested objects.
   */
  readonly secrets?: readonly string[];
  /** Binds the provided ports with `toResolvedValue` (ADR 0002); write the module with `pluginModule`. Does no I/O. */
  readonly module: (options: Options) => ContainerModule;
}

/** A plugin with options, ready for assembly; several engines may use the same plugin. */
export interface Plugin {
  readonly name: string;
  readonly version: string;
  readonly contract: number;
  readonly provides: readonly PortToken<unknown>[];
  readonly requires: readonly PortToken<unknown>[];
  /** The ports that the plugin binds with precedence over other plugins of the caller. */
  readonly overrides?: readonly PortToken<unknown>[];
  /** The options as validated, with secrets replaced; for `describe()`. */
  readonly printableOptions: unknown;
  readonly module: ContainerModule;
}

/**
 * Makes a plugin from options. The argument may be absent when every option may be absent.
 *
 * @throws `MR_CONFIG_INVALID_OPTION` with path, value and expected value.
 */
export type PluginFactory<Input> = (...args: OptionsArgument<Input>) => Plugin;
