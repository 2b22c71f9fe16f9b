import { Subscriber } from 'rxjs';
import { expect, it, vi } from 'vitest';
import { emit } from '../../src/pipeline/emit.js';
import { leased } from '../support/pipeline.js';

it('hands on while somebody listens, else gives the lease back', () => {
  const next = vi.fn();
  const release = vi.fn();
  const subscriber = new Subscriber({ next, error: vi.fn(), complete: vi.fn() });
  const item = leased(1, release);
  emit(subscriber, item);
  expect(next).toHaveBeenCalledExactlyOnceWith(item);
  expect(release).not.toHaveBeenCalled();
  subscriber.unsubscribe();
  emit(subscriber, item);
  expect(next).toHaveBeenCalledOnce();
  expect(release).toHaveBeenCalledOnce();
});
