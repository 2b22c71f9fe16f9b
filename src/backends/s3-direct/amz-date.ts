/** Times as SigV4 writes them. Pure. */

export interface AmzDate {
  /** `20130524` */
  readonly day: string;
  /** `20130524T000000Z` */
  readonly stamp: string;
}

let cachedSecond = Number.NaN;
let cached: AmzDate = { day: '', stamp: '' };

/** Many requests share one second, so the last answer is kept. */
export function amzDate(now: Date): AmzDate {
  const second = Math.floor(now.getTime() / 1000);
  if (second === cachedSecond) return cached;
  const stamp = `${now.toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`;
  cachedSecond = second;
  cached = { day: stamp.slice(0, 8), stamp };
  return cached;
}
