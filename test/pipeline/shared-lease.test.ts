import { expect, it, vi } from 'vitest';
import { sharedLease } from '../../src/pipeline/shared-lease.js';

it('gives its weight back when the last holder has released, whatever the order', () => {
  const giveBack = vi.fn();
  const first = sharedLease(giveBack, 7);
  const second = first.fork();
  const third = second.fork();
  second.release();
  first.release();
  expect(giveBack).not.toHaveBeenCalled();
  const fourth = third.fork();
  third.release();
  expect(giveBack).not.toHaveBeenCalled();
  fourth.release();
  expect(giveBack).toHaveBeenCalledExactlyOnceWith(7);
});

it.each(['first', 'fork'])('a released lease (%s) neither releases again nor forks', (which) => {
  const giveBack = vi.fn();
  const first = sharedLease(giveBack);
  const fork = first.fork();
  const lease = which === 'first' ? first : fork;
  lease.release();
  expect(() => lease.release()).toThrow('after it had been released');
  expect(() => lease.fork()).toThrow('after it had been released');
  expect(giveBack).not.toHaveBeenCalled();
});
