// The public names of @millrace/receiver-nats.
export { jetstreamRecords } from './jetstream-records.ts';
export type { JetstreamRecordsFactory } from './jetstream-records.ts';
export { jetstreamRecordsOptions } from './records/records-options.ts';
export type { JetstreamRecordsInput, JetstreamRecordsOptions } from './records/records-options.ts';
export { jetstreamStream } from './jetstream-stream.ts';
export type { JetstreamStreamFactory } from './jetstream-stream.ts';
export { jetstreamStreamOptions } from './stream/stream-options.ts';
export type { JetstreamStreamInput, JetstreamStreamOptions } from './stream/stream-options.ts';
export { natsSubject } from './nats-subject.ts';
export type { NatsSubjectFactory } from './nats-subject.ts';
export { natsSubjectOptions } from './subject/subject-options.ts';
export type { NatsSubjectInput, NatsSubjectOptions } from './subject/subject-options.ts';
export type { JetStreamStart } from './jetstream/stream-rules.ts';
export type { StreamPosition, StreamRun } from './stream/stream-position.ts';
export type { JetStreamMessage, NatsMessage } from './decoding/message-decoder.ts';
export type { NatsConnectionInput, NatsConnectionOptions } from '@millrace/connection-nats';
export { natsReceivers } from './nats.module.ts';
export { NATS_ERROR_CODES } from './nats-errors.ts';
