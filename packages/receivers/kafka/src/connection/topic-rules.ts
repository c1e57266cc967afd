// The rules of the options about topics, common to the receivers of this package.
import { isTopic, TOPIC_EXPECTED } from '@millrace/connection-kafka';
import { option, type OptionRule, required } from '@millrace/core/engine';

/** The place of the first record of a reader without a place of its own. */
export type KafkaStart = 'earliest' | 'latest' | { readonly timestampMs: number };

/** The rule of a topic. */
export const TOPIC_RULE: OptionRule<string> = required(option<string>(TOPIC_EXPECTED, isTopic));

/** The rule of the option `from`. */
export const START_RULE: OptionRule<KafkaStart> = option<KafkaStart>(
  "'earliest', 'latest' or { timestampMs }",
  isStart,
  'earliest',
);

function isStart(value: unknown): boolean {
  if (value === 'earliest' || value === 'latest') return true;
  const { timestampMs, ...others } = Object(value) as Record<string, unknown>;
  return (
    Number.isSafeInteger(timestampMs) && (timestampMs as number) >= 0 && Object.keys(others).length === 0
  );
}
