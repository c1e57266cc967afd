// Texts of numbers with a fraction.

const NUMBER = /^[+-]?(\d*)(?:\.(\d*))?(?:e([+-]?\d{1,4}))?$/i;

/** The digits behind the point without zeros at the end: 2 for `0.250` and `25e-2`; undefined for a text that is no number. */
export function fractionDigits(text: string): number | undefined {
  const [, whole = '', fraction = '', exponent = '0'] = NUMBER.exec(text) ?? [];
  const digits = `${whole}${fraction}`;
  if (digits === '') return undefined;
  const zeros = digits.length - digits.replace(/0+$/, '').length;
  if (zeros === digits.length) return 0;
  return Math.max(0, fraction.length - Number(exponent) - zeros);
}
