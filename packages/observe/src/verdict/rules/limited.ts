// Rule: the engine keeps up only because back-pressure holds a receiver, whose source falls behind meanwhile.
import { amountText, countText, quoted } from '../../text/words.ts';
import type { VerdictRule } from '../rule.ts';
import type { InputFacts } from '../verdict-facts.ts';

/** The part of the limit that a held receiver uses; less ends a finding. */
const USED = 0.8;
const STILL_USED = 0.6;
/** The growth of the lag, as a part of the rate. */
const GROWTH = 0.01;

/** Fires when a receiver runs at a limit of back-pressure and its lag grows. */
export const limited: VerdictRule = {
  name: 'limited',
  level: 'limited',
  judge: ({ inputs, state }, sinceMs) => {
    if (state !== 'active') return undefined;
    const held = inputs
      .filter((input) => isLimited(input, sinceMs !== undefined))
      .toSorted((one, other) => (other.lagGrowth ?? 0) - (one.lagGrowth ?? 0));
    const [worst] = held;
    if (worst === undefined) return undefined;
    const { name, rateLimit = 0, lagGrowth = 0 } = worst;
    const further = held.length - 1;
    return [
      `Keeping up because back-pressure holds ${quoted(name)} at ${amountText(rateLimit)} records/s;`,
      `its lag grows by ${amountText(lagGrowth)}/s.`,
      ...(further === 0 ? [] : [`${countText(further, 'more receiver is', 'more receivers are')} held.`]),
    ].join(' ');
  },
};

function isLimited(input: InputFacts, isFiring: boolean): boolean {
  const { state, rateLimit, rateLimitCause, recordsPerSecond, lagGrowth } = input;
  if (state !== 'active' || rateLimit === undefined || lagGrowth === undefined) return false;
  if (rateLimitCause === undefined || rateLimitCause === 'initial') return false;
  const isUsed = recordsPerSecond >= (isFiring ? STILL_USED : USED) * rateLimit;
  return isUsed && lagGrowth > (isFiring ? 0 : Math.max(1, GROWTH * recordsPerSecond));
}
