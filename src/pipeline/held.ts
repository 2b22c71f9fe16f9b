/** How a stage's work hands on something it took from a budget together with its output. */
import { joinLeases } from './budget.js';
import type { Lease, Leased } from './types.js';

/** An output, and a further lease that goes back when the output ends, with its item's own. */
export class Held<T> {
  constructor(
    readonly value: T,
    readonly lease: Lease,
  ) {}
}

/** What work may answer with: the output, or the output with a lease that it holds. */
export type MaybeHeld<T> = T | Held<T>;

/** For the body of a buffer that outlives the stage that filled it: the bytes stay counted until the item ends. */
export function hold<T>(value: T, lease: Lease): Held<T> {
  return new Held(value, lease);
}

/** The answer of some work as a leased item, on top of its input's lease. */
export function leaseAnswer<T>(answer: MaybeHeld<T>, lease: Lease): Leased<T> {
  return answer instanceof Held
    ? { value: answer.value, lease: joinLeases(lease, answer.lease) }
    : { value: answer, lease };
}
