import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { onAbort } from '../../src/pipeline/on-abort.js';

function recorder() {
  const stop = new AbortController();
  const calls: string[] = [];
  const add = (name: string, more: () => void = () => {}) =>
    onAbort(stop.signal, () => {
      calls.push(name);
      more();
    });
  const listeners = () => getEventListeners(stop.signal, 'abort').length;
  return { stop, calls, add, listeners };
}

describe('onAbort', () => {
  it('calls everyone once, in the order in which they came', () => {
    const { stop, calls, add } = recorder();
    for (const name of ['a', 'b', 'c']) add(name);
    stop.abort();
    stop.abort();
    expect(calls).toEqual(['a', 'b', 'c']);
  });

  it('does not call who took it back, and takes back again without effect', () => {
    const { stop, calls, add } = recorder();
    const [off] = ['a', 'b'].map((name) => add(name));
    off?.();
    off?.();
    stop.abort();
    off?.();
    expect(calls).toEqual(['b']);
  });

  it('does not call who is taken back by a callback before it', () => {
    const { stop, calls, add } = recorder();
    let off = (): void => {};
    add('a', () => off());
    off = add('b');
    add('c');
    stop.abort();
    expect(calls).toEqual(['a', 'c']);
  });

  it('has one listener however many wait, and none when nobody does', () => {
    const { add, listeners } = recorder();
    const offs = ['a', 'b', 'c'].map((name) => add(name));
    expect(listeners()).toBe(1);
    for (const off of offs) off();
    expect(listeners()).toBe(0);
    add('d');
    expect(listeners()).toBe(1);
  });

  it('does not call anyone for a signal that has aborted before, as a listener', () => {
    const calls: string[] = [];
    onAbort(AbortSignal.abort(), () => calls.push('late'));
    expect(calls).toEqual([]);
  });
});
