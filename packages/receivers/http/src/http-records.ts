// The public function of the package for records: JSON and text by HTTP, as the input of a stream. Without a schema the type
// argument is the program's own claim about its clients, as with `JSON.parse`; the type is not checked.
import { type ConfiguredReceiver, defineReceiver, type ReceiverFactory } from '@millrace/core';
import { serverText } from '@millrace/core/engine';
import { recordParsers } from './bodies/body-parsers.ts';
import { HttpReceiver } from './http-receiver.ts';
import { httpRecordsOptions, type HttpRecordsInput, RECORDS_IN_FLIGHT_MAX } from './http.options.ts';
import type { RecordOf, RecordSchema } from './validating/record-schema.ts';

/**
 * Makes configured receivers. With `validate` the records have the type of the schema's output. Otherwise `T` is the expected
 * type of records; the type is not checked.
 */
export interface HttpRecordsFactory extends ReceiverFactory<unknown, HttpRecordsInput> {
  <S extends RecordSchema>(
    options: HttpRecordsInput & { readonly validate: S },
  ): ConfiguredReceiver<RecordOf<S>>;
  <T = unknown>(options: HttpRecordsInput): ConfiguredReceiver<T>;
}

/**
 * A receiver that takes records by `POST` of newline-delimited JSON, a JSON array or object, or lines of text, and
 * answers a request when all of its records are durable and registered (REC-1).
 *
 * ```ts
 * const events = ssc.receiverStream(httpRecords<Event>({ port: 8_080, path: '/events' }));
 * ```
 *
 * A request is stored whole or refused whole; with `onInvalid: 'partial'` its valid records are stored. A client
 * without an answer, or with status 429 or 5xx, sends again: repetition makes delivery at least once.
 *
 * @throws `MR_CONFIG_INVALID_OPTION` with path, value and expectation.
 */
export const httpRecords = defineReceiver({
  name: 'http-records',
  contract: 1,
  capabilities: {
    ack: 'individual',
    replayable: false,
    ordering: 'none',
    pause: true,
    bounded: false,
    format: 'records',
    touches: ['network'],
    maxInFlight: RECORDS_IN_FLIGHT_MAX,
  },
  options: httpRecordsOptions,
  secrets: ['bearerTokens', 'passphrase'],
  describe: ({ host, port, path }) => `http POST ${serverText(host, port)}${path}`,
  create: (options) => new HttpReceiver(options, recordParsers(options)),
}) as HttpRecordsFactory;
