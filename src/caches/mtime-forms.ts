/**
 * The three forms in which a hash cache holds a file's modification time, and the rule for
 * files too young to be remembered (spec/storage.md 5.2 and 5.3). Pure, but for the local
 * time zone, which Python's form depends on.
 */

const NS_PER_SECOND = 1_000_000_000n;
const LEAST_NANOSECONDS = 10n ** 17n;
const LEAST_MICROSECONDS = 10n ** 14n;
/** A change within the same tick of the file system's clock would go unseen. */
const TICK_NS = 20_000_000n;
/** File systems without sub-second times, FAT among them, tick this slowly. */
const COARSE_TICK_NS = 2_000_000_000n;

/**
 * Local time as Python's uploader writes it, `YYYY-MM-DD HH:MM:SS[.ffffff]`: through a double of
 * seconds, whose fraction is rounded half to even, so that digits past the microsecond count.
 */
export function pythonLocalTime(mtimeNs: bigint): string {
  const { seconds, micros } = pythonTimestamp(mtimeNs);
  const local = new Date(seconds * 1000);
  const day = [pad(local.getFullYear(), 4), pad(local.getMonth() + 1, 2), pad(local.getDate(), 2)].join('-');
  const time = [local.getHours(), local.getMinutes(), local.getSeconds()]
    .map((part) => pad(part, 2))
    .join(':');
  return `${day} ${time}${micros === 0 ? '' : `.${pad(micros, 6)}`}`;
}

/** Whether `stored`, a cell of a Python cache, is the file's present time in the form that the cell has. */
export function isFreshMtime(stored: unknown, mtimeNs: bigint): boolean {
  if (typeof stored === 'string') return stored === pythonLocalTime(mtimeNs);
  if (typeof stored !== 'bigint') return false;
  if (stored >= LEAST_NANOSECONDS) return stored === mtimeNs;
  return stored >= LEAST_MICROSECONDS && stored === floorDivide(mtimeNs, 1000n);
}

/** Whether a file of this time may change once more without its time showing it. */
export function isTooYoung(mtimeNs: bigint, startedNs: bigint): boolean {
  const tick = mtimeNs % NS_PER_SECOND === 0n ? COARSE_TICK_NS : TICK_NS;
  return mtimeNs > startedNs - tick;
}

function pythonTimestamp(mtimeNs: bigint): { seconds: number; micros: number } {
  const whole = floorDivide(mtimeNs, NS_PER_SECOND);
  const stamp = Number(whole) + 1e-9 * Number(mtimeNs - whole * NS_PER_SECOND);
  const seconds = Math.trunc(stamp);
  const micros = roundHalfEven((stamp - seconds) * 1e6);
  if (micros >= 1e6) return { seconds: seconds + 1, micros: micros - 1e6 };
  if (micros < 0) return { seconds: seconds - 1, micros: micros + 1e6 };
  return { seconds, micros };
}

function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  if (value - floor !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}

function floorDivide(value: bigint, by: bigint): bigint {
  const quotient = value / by;
  return value < 0n && quotient * by !== value ? quotient - 1n : quotient;
}

const pad = (value: number, width: number): string => String(value).padStart(width, '0');
