// The definition of a plugin package. The result is a function that users call with options. The function validates the
// options at once, so a wrong option is an error at its own line, before any engine exists.
import { portName } from '../contracts/port-token.ts';
import { expectContract, expectFunction, expectSchema, expectThat } from './check-definition.ts';
import { isMultiBound } from './multi-bound.ts';
import type { Plugin, PluginDefinition, PluginFactory } from './plugin.ts';
import { validateOptions } from './validate-options.ts';

/**
 * Defines a plugin.
 *
 * ```ts
 * export const spillingBlockStore = definePlugin({
 *   name: '@millrace/spill',
 *   version: manifest.version,
 *   contract: 1,
 *   provides: [BlockStore],
 *   optionsSchema: z.strictObject({ directory: z.string(), maxBytes: z.number().int().positive().optional() }),
 *   module: (options) =>
 *     pluginModule((bind) => {
 *       bind(BlockStore).toResolvedValue((storage) => new SpillingBlockStore(storage, options), [Storage]);
 *     }),
 * });
 * ```
 *
 * The schema may come from any library that implements Standard Schema; Millrace's own packages use zod's
 * `strictObject`, so that a misspelt option is refused. The schema must answer synchronously.
 *
 * @returns a function from options to the plugin. The argument may be absent when every option may be absent. The
 *   function throws `MR_CONFIG_INVALID_OPTION`. Support for the contract is checked at assembly.
 * @throws `TypeError` when the definition itself is invalid.
 */
export function definePlugin<Input, Options>(
  definition: PluginDefinition<Input, Options>,
): PluginFactory<Input> {
  checkDefinition(definition);
  const { name, version, contract, optionsSchema, secrets = [] } = definition;
  const provides = Object.freeze([...definition.provides]);
  const requires = Object.freeze([...(definition.requires ?? [])]);
  const overrides = Object.freeze([...(definition.overrides ?? [])]);
  const configure = (input?: unknown): Plugin => {
    const validated = validateOptions({ owner: name, schema: optionsSchema, secrets, input });
    const module = definition.module(validated.options);
    const isModule = typeof module === 'object' && 'load' in module;
    expectThat(isModule, name, 'module has to return a container module (use pluginModule)', typeof module);
    const { printableOptions } = validated;
    return Object.freeze({
      name,
      version,
      contract,
      provides,
      requires,
      overrides,
      printableOptions,
      module,
    });
  };
  // Named, so that an assembly that receives the function in place of its result can name the plugin.
  return Object.defineProperty(configure, 'name', { value: name });
}

function checkDefinition<Input, Options>(definition: PluginDefinition<Input, Options>): void {
  const { name, version, contract, provides, requires = [], secrets = [] } = definition;
  const owner = `plugin ${name}`;
  expectThat(
    typeof name === 'string' && /^(@[\w.-]+\/)?[\w.-]+(\/[\w.-]+)?$/.test(name),
    'a plugin',
    'name has to be the name of the package, or package/plugin',
    name,
  );
  expectThat(typeof version === 'string' && version !== '', owner, 'version has to be a text', version);
  expectContract(owner, contract);
  expectThat(provides.length > 0, owner, 'provides has to list at least one port', 'none');
  for (const port of [...provides, ...requires]) {
    const kind = typeof port;
    expectThat(
      kind === 'symbol' || kind === 'string' || kind === 'function',
      owner,
      'provides and requires have to list port tokens',
      port,
    );
  }
  const repeated = provides.find((port, index) => provides.indexOf(port) !== index && !isMultiBound(port));
  expectThat(
    repeated === undefined,
    owner,
    'provides has to list a port once',
    repeated && `${portName(repeated)} twice`,
  );
  expectSchema(owner, 'optionsSchema', definition.optionsSchema);
  expectThat(
    secrets.every((secret) => typeof secret === 'string' && secret !== ''),
    owner,
    'secrets have to be names of options',
    secrets,
  );
  expectFunction(owner, 'module', definition.module);
}
