/** Hands a leased item on, or gives its lease back when nobody listens any more. */
import type { Subscriber } from 'rxjs';
import type { Leased } from './types.js';

export function emit<T>(subscriber: Subscriber<Leased<T>>, item: Leased<T>): void {
  if (subscriber.closed) item.lease.release();
  else subscriber.next(item);
}
