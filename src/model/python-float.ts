/** Numbers as Python rounds and prints them; job attachments show them to users. */

/**
 * `value`, not negative, rounded to `digits` decimals by its exact binary value, ties to even:
 * Python's `round`. `toFixed` differs in exact ties only, which it rounds up.
 */
export function roundHalfEven(value: number, digits: number): number {
  const text = value.toFixed(digits);
  const unit = 10 ** -digits;
  const up = Number(text);
  if (!isTie(value, digits) || isEven(text)) return up;
  return Number((up - unit).toFixed(digits));
}

/**
 * An exact tie at `digits` decimals is an odd multiple of 2^-(digits + 1): scaling by a power
 * of two is exact, so this is no guess.
 */
function isTie(value: number, digits: number): boolean {
  const scaled = value * 2 ** (digits + 1);
  return Number.isSafeInteger(scaled) && scaled % 2 === 1;
}

function isEven(digits: string): boolean {
  return Number(digits.at(-1)) % 2 === 0;
}

/** Python's `repr` of a float: always with a point or an exponent, `1e-05` below 0.0001 and from 1e16 on. */
export function floatText(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e16)) return exponentText(value);
  const text = String(value);
  return Number.isInteger(value) ? `${text}.0` : text;
}

function exponentText(value: number): string {
  const [digits = '', exponent = ''] = value.toExponential().split('e');
  return `${digits}e${exponent[0]}${exponent.slice(1).padStart(2, '0')}`;
}
