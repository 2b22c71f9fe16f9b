/**
 * The two orders of manifest paths (spec/manifests.md 6.3). Both compare whole strings,
 * `/` included, and neither looks at a locale.
 */

/** UTF-16 code unit order: file entries of every version. */
export function compareUtf16(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Code point order, which is also the order of UTF-8 bytes: directory entries of the 2025 formats, path groups. */
export function compareCodePoints(a: string, b: string): number {
  if (a === b) return 0;
  const at = firstDifference(a, b);
  if (at === a.length) return -1;
  if (at === b.length) return 1;
  const astral = Number(inSurrogatePair(a, at)) - Number(inSurrogatePair(b, at));
  return astral !== 0 ? astral : a.charCodeAt(at) < b.charCodeAt(at) ? -1 : 1;
}

function firstDifference(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  let at = 0;
  while (at < length && a.charCodeAt(at) === b.charCodeAt(at)) at++;
  return at;
}

/** Whether the code unit at `at` is half of a pair; a lone surrogate ranks by its own value. */
function inSurrogatePair(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  if (isHigh(unit)) return isLow(text.charCodeAt(at + 1));
  return isLow(unit) && isHigh(text.charCodeAt(at - 1));
}

function isHigh(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function isLow(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}
