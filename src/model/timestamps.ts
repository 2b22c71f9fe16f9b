/** Times in keys and file names (spec/manifests.md section 11, spec/storage.md 1.4). Reads no clock. */
import { StorageError } from './errors.js';

/**
 * `YYYY-MM-DDTHH:MM:SS.ffffffZ` of a time in seconds since the epoch. The microseconds are
 * cut, after a subtraction of doubles, as the reference does it: 1700000000.1 ends in
 * `.099999`. Throws `InvalidConfig` outside the years 1 to 9999.
 */
export function timestampText(secondsSinceEpoch: number): string {
  const whole = Math.trunc(secondsSinceEpoch);
  const micros = Math.trunc((secondsSinceEpoch - whole) * 1e6);
  // Before 1970 the cut leaves both parts negative.
  const seconds = micros < 0 ? whole - 1 : whole;
  const date = new Date(seconds * 1000);
  if (!isFourDigitYear(date)) {
    throw new StorageError('InvalidConfig', `${secondsSinceEpoch} is no time between the years 1 and 9999`);
  }
  const fraction = String(micros < 0 ? micros + 1_000_000 : micros).padStart(6, '0');
  return `${date.toISOString().slice(0, 19)}.${fraction}Z`;
}

function isFourDigitYear(date: Date): boolean {
  const year = date.getUTCFullYear();
  return year >= 1 && year <= 9999;
}

/** A moment on a clock of the user's zone; month and day count from 1. */
export interface LocalTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

/** `YYYY-MM-DDTHH-MM-SS`, as in the names of local manifests. */
export function localTimeText({ year, month, day, hour, minute, second }: LocalTime): string {
  const [mm, dd, h, m, s] = [month, day, hour, minute, second].map((part) => String(part).padStart(2, '0'));
  return `${String(year).padStart(4, '0')}-${mm}-${dd}T${h}-${m}-${s}`;
}
