// The options of messages, common to the receivers of this package.
import { DECODING_RULES, type DecodingOptions, oneOf, type OptionTable } from '@millrace/core/engine';

/** The form of records and the visibility of transactions. */
export interface KafkaMessageOptions extends DecodingOptions {
  /** The form of keys, with `record: 'full'`. */
  readonly key: 'text' | 'bytes';
  /** `committed`: records of aborted and of unfinished transactions are left out. `uncommitted`: all records. */
  readonly isolation: 'committed' | 'uncommitted';
}

/** The rules of messages. */
export const MESSAGE_RULES: OptionTable<KafkaMessageOptions> = {
  ...DECODING_RULES,
  key: oneOf(['text', 'bytes'], 'text'),
  isolation: oneOf(['committed', 'uncommitted'], 'committed'),
};
