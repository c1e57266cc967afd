// One record of the input. The schema is the only place that knows the form; a request
// with a record of another form is refused.
import { z } from 'zod';

/** Describes a reading of a sensor. */
export const readingSchema = z.object({
  sensor: z.string().min(1).max(100),
  /** The time of the measurement, for instance `2026-11-30T12:00:00Z`. */
  at: z.iso.datetime({ offset: true }),
  value: z.number(),
  /** The unit of the value; readings in a unit that the pipeline does not know become dead letters. */
  unit: z.string().max(20).default('C'),
});

/** A reading of a sensor. */
export type Reading = z.output<typeof readingSchema>;
