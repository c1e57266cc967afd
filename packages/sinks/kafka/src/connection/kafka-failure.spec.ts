import type { KafkaConnectionOptions } from '@millrace/connection-kafka';
import { MultipleErrors, ProtocolError } from '@platformatic/kafka';
import { describe, expect, it } from 'vitest';
import { isTakenOver, kafkaFailure } from './kafka-failure.ts';

const options = { host: 'h', password: 'correct horse' } as unknown as KafkaConnectionOptions;
const answers = (...names: string[]) =>
  new MultipleErrors('failed several times', names.map((name) => new ProtocolError(name as 'UNKNOWN_SERVER_ERROR'))); // prettier-ignore

describe('an error of the client library', () => {
  it.each([
    [['CONCURRENT_TRANSACTIONS', 'PRODUCER_FENCED'], 'MR_SINK_KAFKA_FENCED'],
    [['UNKNOWN_SERVER_ERROR', 'INVALID_TIMESTAMP'], 'MR_SINK_KAFKA_REFUSED'],
    [['MESSAGE_TOO_LARGE', 'NOT_LEADER_OR_FOLLOWER'], 'MR_SINK_KAFKA_REFUSED'],
    [['NOT_COORDINATOR', 'COORDINATOR_LOAD_IN_PROGRESS'], 'MR_SINK_KAFKA_BUSY'],
    [['CONCURRENT_TRANSACTIONS', 'INVALID_REQUEST'], 'MR_SINK_KAFKA_FAILED'],
  ])('of several answers %j has the code of the deciding one', (names, code) => {
    const error = answers(...names);
    expect(kafkaFailure(error, { what: 'write', options })).toMatchObject({ code });
    expect(isTakenOver(error)).toBe(code === 'MR_SINK_KAFKA_FENCED');
  });

  it('repeats no password', () => {
    const failure = kafkaFailure(new Error('refused correct horse'), { what: 'write', options });
    expect(failure.message).toBe('could not write: refused [redacted]');
  });
});
