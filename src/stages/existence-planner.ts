/**
 * Decides, object by object, what asking the store costs least (spec/storage.md 3.3), and
 * asks. The first objects are asked about one by one; further ones wait a moment, because
 * a listing answers a thousand at once when there are many. Knows no stream and no lease.
 */
import type { CasObject } from '../model/cas-object.js';
import { StorageError } from '../model/errors.js';
import { isDigest } from '../model/hash-text.js';
import type { Existence, HeadObject, ListObjects } from './existence-calls.js';
import { PAGE_KEYS, StoreListing } from './existence-listing.js';
import type { RecentChecks } from './recent-checks.js';

/** Size of the stored object; or it is absent; or nobody asked, and a conditional put will tell. */
export type Answer = number | 'absent' | 'unchecked';

/** More unknown objects than this are worth a look at what a listing would cost. */
const LIST_ABOVE = 1000;
/** A page of a listing costs as much as 12.5 HEADs and holds 1,000 keys. */
const STORED_PER_OBJECT = 80;
/** What a listing may hold in memory, 100 MB: a larger store is asked object by object. */
const MAX_LISTED = 2_000_000;
/** Objects asked about at once while their number is not known. */
const FREE_HEADS = 200;
/** Largest object that is sent without asking. */
const PUT_BYTES = 128 * 1024;
/** Objects wait for others for so long after the last one came, and for so long in all. */
const IDLE_MS = 250;
const PATIENCE_MS = 1000;

export interface PlannerOptions {
  readonly existence: Existence;
  /** Requests at once. */
  readonly concurrency: number;
  readonly head: HeadObject;
  readonly list: ListObjects | undefined;
  readonly checks: RecentChecks;
  /** Objects that can be here at once. */
  readonly room: number;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Errors after which nothing more is asked. */
  readonly isFatal: (error: unknown) => boolean;
  readonly onRequest: (kind: 'head' | 'list') => void;
  readonly log: (message: string, fields: Readonly<Record<string, unknown>>) => void;
}

interface Job {
  readonly object: CasObject;
  readonly signal: AbortSignal;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

export class ExistencePlanner {
  readonly #waiting = new Set<Job>();
  /** Asked about in any case, one by one. */
  readonly #urgent = new Set<Job>();
  #seen = 0;
  #active = 0;
  #heads = 0;
  /** HEADs before the choice is made. */
  #allowance = FREE_HEADS;
  /** A listing begins when more objects than this were seen. */
  #listAbove: number;
  #listed: StoreListing | undefined;
  #listing = false;
  #failure: { readonly error: unknown } | undefined;
  #ended = false;
  /** Ends the waiting for further objects. */
  #hold: AbortController | undefined;
  #watched: AbortSignal | undefined;

  constructor(private readonly options: PlannerOptions) {
    const { existence, list } = options;
    const never = !list || existence === 'head' || existence === 'put';
    this.#listAbove = never ? Number.POSITIVE_INFINITY : existence === 'list' ? 0 : LIST_ABOVE;
  }

  /** Answers at once where it can. Rejects with the errors of the store. */
  ask(object: CasObject, signal: AbortSignal): Answer | Promise<Answer> {
    if (!isDigest(object.hash)) return this.askStore(object, signal);
    if (this.#listed) return this.#listed.sizes.get(object.hash) ?? 'absent';
    this.#seen += 1;
    this.#listIfMany(signal);
    const undecided = this.#listing || this.#failure;
    if (!undecided && this.#goesUnchecked(object)) return 'unchecked';
    return this.#queue(this.#waiting, object, signal);
  }

  /** Asks about one object by HEAD, before those that wait. */
  askStore(object: CasObject, signal: AbortSignal): Promise<Answer> {
    return this.#queue(this.#urgent, object, signal);
  }

  /** No more objects come. */
  end(): void {
    this.#ended = true;
    this.#hold?.abort();
    this.#pump();
  }

  #queue(queue: Set<Job>, object: CasObject, signal: AbortSignal): Promise<Answer> {
    this.#watch(signal);
    return new Promise((resolve, reject) => {
      queue.add({ object, signal, resolve, reject });
      this.#pump();
    });
  }

  /** Who leaves takes everything along that waits. */
  #watch(signal: AbortSignal): void {
    if (this.#watched === signal) return;
    this.#watched = signal;
    signal.addEventListener('abort', () => this.#refuse(signal.reason), { once: true });
  }

  #refuse(error: unknown): void {
    this.#hold?.abort();
    for (const job of [...this.#urgent, ...this.#waiting]) job.reject(error);
    this.#urgent.clear();
    this.#waiting.clear();
  }

  #pump(): void {
    for (const job of this.#urgent) {
      if (this.#active >= this.options.concurrency) break;
      this.#urgent.delete(job);
      void this.#head(job);
    }
    for (const job of this.#waiting) {
      if (!this.#start(job)) return;
      this.#waiting.delete(job);
    }
  }

  /** False when the job, and with it those behind, has to wait. */
  #start(job: Job): boolean {
    if (this.#failure) job.reject(this.#failure.error);
    else if (this.#listed) job.resolve(this.#listed.sizes.get(job.object.hash) ?? 'absent');
    else if (this.#listing) return false;
    else if (this.#goesUnchecked(job.object)) job.resolve('unchecked');
    else if (this.#active >= this.options.concurrency || this.#holdsBack()) return false;
    else void this.#head(job);
    return true;
  }

  #goesUnchecked({ size }: CasObject): boolean {
    const { existence, checks } = this.options;
    if (size > PUT_BYTES || !checks.putsTell) return false;
    return existence === 'put' || (existence === 'auto' && checks.mostlyAbsent);
  }

  async #head({ object, signal, resolve, reject }: Job): Promise<void> {
    this.#active += 1;
    this.#heads += 1;
    this.options.onRequest('head');
    try {
      const stored = await this.options.head(object.hash, signal);
      this.options.checks.add(stored === undefined);
      resolve(stored?.size ?? 'absent');
    } catch (error) {
      reject(error);
      if (this.options.isFatal(error)) {
        this.#failure = { error }; // no further request is tried
        this.#refuse(error);
      }
    }
    this.#active -= 1;
    this.#pump();
  }

  /** Whether to wait for more objects before further HEADs: with many of them a listing takes their place. */
  #holdsBack(): boolean {
    const { room, existence } = this.options;
    const undecided = existence === 'auto' && this.#listAbove === LIST_ABOVE && room > LIST_ABOVE;
    if (!undecided || this.#ended || this.#heads < this.#allowance) return false;
    if (!this.#hold) {
      this.#hold = new AbortController();
      void this.#wait(this.#hold.signal);
    }
    return true;
  }

  /** Until nothing more comes, or for too long: then those that wait are asked about after all. */
  async #wait(stop: AbortSignal): Promise<void> {
    let seen = -1;
    for (let waited = 0; waited < PATIENCE_MS && seen !== this.#seen; waited += IDLE_MS) {
      seen = this.#seen;
      await this.options.sleep(IDLE_MS, stop).catch(() => undefined);
      if (stop.aborted) break;
    }
    this.#hold = undefined;
    this.#allowance = this.#heads + this.#waiting.size;
    this.#pump();
  }

  #listIfMany(signal: AbortSignal): void {
    const { list, existence, concurrency, onRequest } = this.options;
    if (!list || this.#listing || this.#failure || this.#seen <= this.#listAbove) return;
    this.#listing = true;
    this.#hold?.abort();
    const listing = new StoreListing(list, { concurrency, onPage: () => onRequest('list') });
    this.#read(listing, signal)
      .catch((error: unknown) => this.#failed(error, existence))
      .finally(() => {
        this.#listing = false;
        this.#pump();
      });
  }

  async #read(listing: StoreListing, signal: AbortSignal): Promise<void> {
    const { whole, objects } = await listing.probe(signal);
    if (!whole && !this.#isWorthIt(objects)) return listing.leave();
    const maxPages =
      this.options.existence === 'list' ? Number.POSITIVE_INFINITY : 64 + (3 * objects) / PAGE_KEYS;
    if (whole || (await listing.readAll(objects, maxPages, signal))) this.#listed = listing;
    else this.#listAbove = Number.POSITIVE_INFINITY; // strangers fill the folder
  }

  /** Where it is not, the listing waits until there are enough objects to check. */
  #isWorthIt(objects: number): boolean {
    if (this.options.existence === 'list') return true;
    this.#listAbove =
      objects > MAX_LISTED ? Number.POSITIVE_INFINITY : Math.ceil(objects / STORED_PER_OBJECT);
    return this.#seen > this.#listAbove;
  }

  /** Who may not list may still ask; any other failure of a listing is one of the run. */
  #failed(error: unknown, existence: Existence): void {
    if (existence === 'auto' && error instanceof StorageError && error.kind === 'AccessDenied') {
      this.#listAbove = Number.POSITIVE_INFINITY;
      this.options.log('the store may not be listed: it is asked object by object', { error });
    } else this.#failure = { error };
  }
}
