// Calls that a broker refuses while a partition gets a leader: after the partition was made, and when its leader moves.
import type { Clock } from '@millrace/core';
import { isKafkaAnswer } from './kafka-failure.ts';

const ELECTING = [
  'NOT_LEADER_OR_FOLLOWER',
  'LEADER_NOT_AVAILABLE',
  'FENCED_LEADER_EPOCH',
  'UNKNOWN_LEADER_EPOCH',
];
const TRIES_MAX = 20;
const TRY_AGAIN_MS = 100;

/** Calls again while a partition gets a leader, for two seconds. @throws the last error of the call. */
export async function whileElecting<R>(clock: Clock, call: () => Promise<R>): Promise<R> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await call();
    } catch (error) {
      const isElecting = ELECTING.some((name) => isKafkaAnswer(error, name));
      if (!isElecting || tries === TRIES_MAX) throw error;
      await clock.sleepFor(TRY_AGAIN_MS);
    }
  }
}
