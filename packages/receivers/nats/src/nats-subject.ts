// `natsSubject`: subjects of core NATS. The type argument is the program's own claim about the values, as with `JSON.parse`;
// the type is not checked.
import { CONNECTION_SECRETS, describeServer } from '@millrace/connection-nats';
import { type ConfiguredReceiver, defineReceiver, type ReceiverFactory } from '@millrace/core';
import { type NatsSubjectInput, natsSubjectOptions } from './subject/subject-options.ts';
import { SubjectReceiver } from './subject/subject-receiver.ts';

/** Makes configured receivers. `T` is the expected type of records; the type is not checked. */
export interface NatsSubjectFactory extends ReceiverFactory<unknown, NatsSubjectInput> {
  <T = unknown>(options: NatsSubjectInput): ConfiguredReceiver<T>;
}

/**
 * A receiver of subjects of core NATS. Core NATS keeps nothing: a message is lost that comes while the receiver is not
 * connected, while its queue is full, or before its record is stored when the process dies.
 *
 * ```ts
 * const prices = ssc.receiverStream(natsSubject<Price>({ host: 'localhost', subjects: ['prices.*'] }));
 * ```
 *
 * @throws `MR_CONFIG_INVALID_OPTION` with path, value and expectation.
 */
export const natsSubject = defineReceiver({
  name: 'nats-subject',
  contract: 1,
  capabilities: {
    ack: 'none',
    replayable: false,
    ordering: 'per-stream',
    pause: false,
    bounded: false,
    format: 'records',
    touches: ['network'],
  },
  options: natsSubjectOptions,
  secrets: CONNECTION_SECRETS,
  describe: (options) => `nats ${options.subjects.join(', ')} at ${describeServer(options)}`,
  create: (options) => new SubjectReceiver(options),
}) as NatsSubjectFactory;
