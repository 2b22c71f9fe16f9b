/** When an object that was seen still counts as there (spec/storage.md 5.4). Pure. */

const DAY_SECONDS = 86_400;
/** Days after which a bucket's objects are looked for again. */
export const DEFAULT_TTL_DAYS = 30;

export type SeenAnswer = 'hit' | 'miss' | 'unparsable';

/** Judges a cell `last_seen_time`; other clocks may be ahead by up to a day. */
export function judgeSeen(stored: unknown, nowSeconds: number, ttlDays: number): SeenAnswer {
  if (typeof stored !== 'number' || !Number.isFinite(stored)) return 'unparsable';
  const age = nowSeconds - stored;
  return age >= -DAY_SECONDS && age < ttlDays * DAY_SECONDS ? 'hit' : 'miss';
}

/** The time at and before which rows are expired. */
export function expiredUntil(nowSeconds: number, ttlDays: number): number {
  return nowSeconds - ttlDays * DAY_SECONDS;
}
