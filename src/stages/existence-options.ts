/** What the existence check may be told. */
import type { UploadUnit } from '../model/upload-unit.js';
import type { Existence, HeadMany, ListObjects, PresenceCache } from './existence-calls.js';
import type { RecentChecks } from './recent-checks.js';

export interface ExistenceCheckOptions {
  /** Requests outstanding at once. */
  readonly concurrency?: number;
  /** How the store is asked (spec/storage.md 3.3). Without `list`, never by listing. */
  readonly existence?: Existence;
  readonly list?: ListObjects;
  /** Takes the place of every other way of asking. */
  readonly headMany?: HeadMany;
  /** Objects that this cache knows are not asked about, as far as `cacheCheck` trusts it. */
  readonly cache?: PresenceCache;
  /**
   * `sample`: some of the cache's answers are checked at the store before the stage completes.
   * `inline`: the first hundred and one in a hundred of the others are, at once. `force`: all of them.
   */
  readonly cacheCheck?: 'sample' | 'inline' | 'force';
  /** How many of the cache's answers `sample` checks. */
  readonly sampleSize?: number;
  /** Objects that are known to be stored without asking anybody, because this run saw or sent them before. */
  readonly confirmed?: (hash: string) => boolean;
  /** How the last checks ended. A transfer that adds the outcome of unchecked puts keeps it true. */
  readonly checks?: RecentChecks;
  /** Errors that end the run. After any other of a sampled HEAD the cache is only not used. */
  readonly isFatal?: (error: unknown) => boolean;
  /** Told of every request. */
  readonly onRequest?: (kind: 'head' | 'list') => void;
  /** Told of every unit that comes. */
  readonly onUnit?: (unit: UploadUnit) => void;
}
export const EXISTENCE_CHECK_DEFAULTS = {
  concurrency: 64,
  existence: 'auto',
  cacheCheck: 'sample',
  sampleSize: 30,
} as const satisfies ExistenceCheckOptions;
