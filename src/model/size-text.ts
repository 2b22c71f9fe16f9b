/** The one size text of the project (spec/files-and-submission.md 7.7). */
import { floatText, roundHalfEven } from './python-float.js';

const LARGER_UNITS = ['KB', 'MB', 'GB', 'TB', 'PB'] as const;

/** A number of bytes in steps of 1000, for example `7 B`, `1.12 KB`; moves up where rounding reaches 1000. */
export function sizeText(bytes: number): string {
  if (bytes < 1000) return `${Math.trunc(bytes)} B`;
  let value = bytes;
  let rounded = bytes;
  for (const unit of LARGER_UNITS) {
    value /= 1000;
    rounded = roundHalfEven(value, 2);
    if (rounded < 1000) return `${floatText(rounded)} ${unit}`;
  }
  return `${floatText(rounded)} PB`;
}
