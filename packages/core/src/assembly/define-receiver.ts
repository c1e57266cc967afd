// The definition of a connector package's receiver. Calling the result validates the options and returns the argument
// of `receiverStream`; the receiver itself is only made on the executor that hosts it, once per start.
import type { SourceRange } from '../contracts/block.ts';
import { SUPPORTED_CONTRACTS } from '../contracts/contract-version.ts';
import type {
  ConfiguredReceiver,
  ReceiverCapabilities,
  RangeContext,
  ReceiverDefinition,
  ReceiverFactory,
} from '../contracts/receiver.ts';
import { coreError } from '../errors/core-errors.ts';
import { expectContract, expectFunction, expectSchema, expectThat } from './check-definition.ts';
import { contractAdvice } from './contract-advice.ts';
import { validateOptions } from './validate-options.ts';

/**
 * Defines a kind of receiver.
 *
 * ```ts
 * export const socketText = defineReceiver({
 *   name: 'socket-text',
 *   contract: 1,
 *   capabilities: { ack: 'none', replayable: false, ordering: 'per-stream', pause: true, bounded: false,
 *     format: 'text', touches: ['network'] },
 *   options: z.strictObject({ host: z.string().default('localhost'), port: z.number().int() }),
 *   create: (options) => new SocketTextReceiver(options),
 * });
 * ```
 *
 * Options are handled like the options of plugins: validated at the call, copied, frozen. The argument may be absent
 * when every option may be absent.
 *
 * @throws `MR_BOOT_CONTRACT_UNSUPPORTED` for a definition of another contract version; `TypeError` when the definition
 *   itself is invalid. The returned function throws `MR_CONFIG_INVALID_OPTION`.
 */
export function defineReceiver<T, Input, Options>(
  definition: ReceiverDefinition<T, Input, Options>,
): ReceiverFactory<T, Input> {
  checkDefinition(definition);
  const { name, contract } = definition;
  const owner = `receiver ${name}`;
  if (!SUPPORTED_CONTRACTS.includes(contract)) {
    throw coreError('MR_BOOT_CONTRACT_UNSUPPORTED', contractAdvice(owner, contract), {
      details: { receiver: name, contract, supported: SUPPORTED_CONTRACTS },
    });
  }
  const capabilities = frozenCapabilities(definition.capabilities);
  const configure = (input?: unknown): ConfiguredReceiver<T> => {
    const schema = definition.options;
    const { options } = validateOptions({ owner, schema, secrets: definition.secrets ?? [], input });
    const { readRange } = definition;
    return Object.freeze({
      name,
      contract,
      capabilities,
      description: definition.describe?.(options) ?? name,
      preferredHost: definition.preferredHost?.(options),
      create: () => definition.create(options),
      ...(readRange && {
        readRange: (range: SourceRange, context: RangeContext) => readRange(options, range, context),
      }),
    });
  };
  Object.defineProperty(configure, 'name', { value: name });
  return Object.freeze(Object.assign(configure, { receiverName: name, capabilities }));
}

function frozenCapabilities(capabilities: ReceiverCapabilities): ReceiverCapabilities {
  return Object.freeze({ ...capabilities, touches: Object.freeze([...capabilities.touches]) });
}

function checkDefinition<T, Input, Options>(definition: ReceiverDefinition<T, Input, Options>): void {
  const { name, contract, capabilities } = definition;
  const owner = `receiver ${name}`;
  expectThat(
    typeof name === 'string' && /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name),
    'a receiver',
    'name has to be in kebab case, after the external system',
    name,
  );
  expectContract(owner, contract);
  checkCapabilities(owner, capabilities);
  expectSchema(owner, 'options', definition.options);
  expectFunction(owner, 'create', definition.create);
  if (definition.readRange === undefined) return;
  expectFunction(owner, 'readRange', definition.readRange);
  expectThat(
    capabilities.replayable,
    owner,
    'readRange is for receivers whose capabilities.replayable is true',
    capabilities.replayable,
  );
}

const CHOICES = {
  ack: ['none', 'individual', 'cumulative'],
  replayable: [true, false],
  ordering: ['per-stream', 'none'],
  pause: [true, false],
  bounded: [true, false],
  format: ['records', 'text'],
} as const satisfies Partial<Record<keyof ReceiverCapabilities, readonly unknown[]>>;

function checkCapabilities(owner: string, capabilities: ReceiverCapabilities): void {
  const claimed: Readonly<Record<string, unknown>> = { ...capabilities };
  for (const [field, choices] of Object.entries<readonly unknown[]>(CHOICES)) {
    const isOne = choices.includes(claimed[field]);
    expectThat(isOne, owner, `capabilities.${field} has to be ${choices.join(' or ')}`, claimed[field]);
  }
  const { touches, maxInFlight } = capabilities;
  expectThat(Array.isArray(touches), owner, 'capabilities.touches has to be a list, empty if none', touches);
  expectThat(
    maxInFlight === undefined || (Number.isInteger(maxInFlight) && maxInFlight > 0),
    owner,
    'capabilities.maxInFlight has to be a whole number above 0 or absent',
    maxInFlight,
  );
}
