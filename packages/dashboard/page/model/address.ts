// The state of the page in its address, so that a view can be linked, and the back button works: `#/?show=failed` or
// `#/batch/TIME`.

/** The filters of the list of batches. */
export const SHOWN = ['all', 'failed', 'slow', 're-run'] as const;
/** One of the filters. */
export type Shown = (typeof SHOWN)[number];

/** The ranges of the timelines, in minutes. */
export const RANGES = { '10m': 10, '1h': 60, '1d': 1_440 } as const;
/** One of the ranges. */
export type Range = keyof typeof RANGES;

/** The state of the page. */
export interface Address {
  /** The batch of a batch page; undefined on the main page. */
  readonly batch: number | undefined;
  readonly show: Shown;
  readonly range: Range;
  /** The input that is opened. */
  readonly open: number | undefined;
}

/** Reads the part of the address behind `#`; unknown parts count as absent. */
export function addressOf(hash: string): Address {
  const [path = '', query = ''] = hash.replace(/^#/, '').split('?', 2);
  const parameters = new URLSearchParams(query);
  const show = parameters.get('show');
  const range = parameters.get('range');
  const open = parameters.get('open');
  const batch = /^\/batch\/(\d{1,16})$/.exec(path)?.[1];
  return {
    batch: batch === undefined ? undefined : Number(batch),
    show: SHOWN.find((name) => name === show) ?? 'all',
    range: range !== null && Object.hasOwn(RANGES, range) ? (range as Range) : '10m',
    open: open !== null && /^\d{1,9}$/.test(open) ? Number(open) : undefined,
  };
}

/** The address of a view that differs from the present one in these parts. */
export function hrefOf(address: Address, change: Partial<Address>): string {
  const { batch, show, range, open } = { ...address, ...change };
  const parameters = new URLSearchParams();
  if (show !== 'all') parameters.set('show', show);
  if (range !== '10m') parameters.set('range', range);
  if (open !== undefined) parameters.set('open', String(open));
  const text = parameters.toString();
  const query = text === '' ? '' : `?${text}`;
  return batch === undefined ? `#/${query}` : `#/batch/${batch}${query}`;
}
