/**
 * Text of a flag, a variable or a configuration file to a value. Each parser throws a
 * `TypeError` whose message completes "{where it came from} ...". Knows no setting.
 */

export type Parse<T> = (text: string) => T;

/** Any text but the empty one. */
export const text: Parse<string> = (value) => {
  if (value === '') throw new TypeError('must not be empty');
  return value;
};

/** Whether a text can stand between two `/` of a key; a directory store has no empty, `.` or `..` one. */
export function isKeySegment(value: string): boolean {
  return !['', '.', '..'].includes(value) && !value.includes('/');
}

/** An id that keys are made of. */
export const id: Parse<string> = (value) => {
  if (isKeySegment(text(value))) return value;
  throw new TypeError(`must be an id without "/", not ${JSON.stringify(value)}`);
};

/** One of `values`, in any letter case, in the spelling of `values`. */
export function choice<const T extends string>(...values: readonly T[]): Parse<T> {
  return (value) => {
    const found = values.find((each) => each.toLowerCase() === value.toLowerCase());
    if (found === undefined)
      throw new TypeError(`must be one of ${values.join(', ')}, not ${JSON.stringify(value)}`);
    return found;
  };
}

/** One of `values` as it is written there. */
export function exactChoice<const T extends string>(...values: readonly T[]): Parse<T> {
  return (value) => {
    const found = values.find((each) => each === value);
    if (found === undefined)
      throw new TypeError(`must be one of ${values.join(', ')}, not ${JSON.stringify(value)}`);
    return found;
  };
}

const YES = new Set(['yes', 'on', 'true', '1']);
const NO = new Set(['no', 'off', 'false', '0']);

/** Yes or no in the words that the client library's configuration uses. */
export const boolean: Parse<boolean> = (value) => {
  const word = value.toLowerCase();
  if (YES.has(word)) return true;
  if (NO.has(word)) return false;
  throw new TypeError(`must be true or false, not ${JSON.stringify(value)}`);
};

/** Whether and how JSON is printed: yes or no as of {@link boolean}, or the form that is always the envelope. */
export const jsonForm: Parse<'false' | 'true' | 'envelope'> = (value) => {
  const word = value.toLowerCase();
  if (word === 'envelope') return word;
  if (!YES.has(word) && !NO.has(word))
    throw new TypeError(`must be true, false or envelope, not ${JSON.stringify(value)}`);
  return YES.has(word) ? 'true' : 'false';
};

/** A whole number of at least 1. */
export const count: Parse<number> = (value) => {
  const number = /^\d{1,9}$/.test(value) ? Number(value) : 0;
  if (number < 1) throw new TypeError(`must be a whole number of at least 1, not ${JSON.stringify(value)}`);
  return number;
};

/** A whole number of any sign; the service says which it takes. */
export const wholeNumber: Parse<number> = (value) => {
  if (/^-?\d{1,9}$/.test(value)) return Number(value);
  throw new TypeError(`must be a whole number, not ${JSON.stringify(value)}`);
};

const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  k: 1e3,
  m: 1e6,
  g: 1e9,
  t: 1e12,
  ki: 2 ** 10,
  mi: 2 ** 20,
  gi: 2 ** 30,
  ti: 2 ** 40,
};

/** Bytes from `500000`, `500 KB`, `1.5M`, `64MiB`, `10 MB/s`: KB are 1000 bytes, KiB 1024. */
export const bytes: Parse<number> = (value) => {
  const match = /^(\d+(?:\.\d+)?)\s*([kmgt]i?)?b?(?:\/s)?$/i.exec(value.trim());
  const unit = UNITS[(match?.[2] ?? '').toLowerCase()];
  const size = match && unit !== undefined ? Math.floor(Number(match[1]) * unit) : 0;
  if (size < 1 || !Number.isSafeInteger(size)) {
    throw new TypeError(
      `must be a size of at least one byte such as 500KB or 64MiB, not ${JSON.stringify(value)}`,
    );
  }
  return size;
};
