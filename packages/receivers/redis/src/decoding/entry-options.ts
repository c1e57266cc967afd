// The options of entries, common to the receivers of streams.
import { DECODING_RULES, type DecodingOptions, option, type OptionTable } from '@millrace/core/engine';
import { isName } from '../connection/stream-rules.ts';

/** The form of records. */
export interface RedisEntryOptions extends DecodingOptions {
  /**
   * The field of an entry that has the value. `*`: the value is a plain object of all fields, each in the form of `value`.
   */
  readonly field: string;
}

/** The value of `field` for all fields. */
export const ALL_FIELDS = '*';

/** The rules of entries. */
export const ENTRY_RULES: OptionTable<RedisEntryOptions> = {
  ...DECODING_RULES,
  field: option('the name of a field, or *', isName, 'value'),
};
