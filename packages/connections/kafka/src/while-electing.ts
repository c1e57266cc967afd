// Calls that a broker refuses while a partition gets a leader, or a group a coordinator: when either was made, and when either
// moves.
import type { Clock } from '@millrace/core';
import { isKafkaAnswer } from './kafka-answers.ts';

const ELECTING = [
  'NOT_LEADER_OR_FOLLOWER',
  'LEADER_NOT_AVAILABLE',
  'FENCED_LEADER_EPOCH',
  'UNKNOWN_LEADER_EPOCH',
  'COORDINATOR_LOAD_IN_PROGRESS',
  'COORDINATOR_NOT_AVAILABLE',
  'NOT_COORDINATOR',
];
const TRIES_MAX = 20;
const TRY_AGAIN_MS = 100;

/** Calls again during an election, for two seconds. @throws the last error of the call. */
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
