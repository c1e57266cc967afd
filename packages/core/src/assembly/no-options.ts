// The schema of plugins and receivers without options.
import type { OptionsSchema } from '../contracts/options-schema.ts';
import { isOptions } from '../options/is-options.ts';

/** Accepts no options: undefined or an empty object. Every name is refused as unknown. */
export const noOptions: OptionsSchema<Record<string, never>, Record<string, never>> = {
  '~standard': {
    version: 1,
    vendor: 'millrace',
    validate: (value) => {
      if (!isOptions(value)) return { issues: [{ message: 'takes no options' }] };
      const names = Object.keys(value);
      if (names.length === 0) return { value: {} };
      return { issues: names.map((name) => ({ message: 'there is no such option', path: [name] })) };
    },
  },
};
