/**
 * Many who wait for one signal. An `EventTarget` walks all its listeners to add or remove one, so that a thousand
 * waiters on the signal of a run would cost each other more than their work; here they share one listener.
 */

interface Hub {
  readonly callbacks: Set<() => void>;
  readonly listener: () => void;
}

const hubs = new WeakMap<AbortSignal, Hub>();

/**
 * Calls `callback`, which must not throw, once when `signal` aborts; each callback is a function of its own. Answers
 * how to take it back, which may be called at any time. Like a listener, it is never called for a signal that has
 * aborted before.
 */
export function onAbort(signal: AbortSignal, callback: () => void): () => void {
  const { callbacks, listener } = hubOf(signal);
  if (callbacks.size === 0) signal.addEventListener('abort', listener, { once: true });
  callbacks.add(callback);
  return () => {
    if (callbacks.delete(callback) && callbacks.size === 0) signal.removeEventListener('abort', listener);
  };
}

function hubOf(signal: AbortSignal): Hub {
  let hub = hubs.get(signal);
  if (!hub) {
    const callbacks = new Set<() => void>();
    hub = { callbacks, listener: () => callAll(callbacks) };
    hubs.set(signal, hub);
  }
  return hub;
}

/** In the order in which they came; one that is taken back meanwhile is not called. */
function callAll(callbacks: Set<() => void>): void {
  for (const callback of callbacks) {
    callbacks.delete(callback);
    callback();
  }
}
