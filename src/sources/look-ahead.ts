/** Asynchronous work on a list, a few items ahead of who pulls the results. Knows nothing of files. */

/** Items at work at once: the event loop has four threads for file calls by default. */
export const LOOK_AHEAD_ITEMS = 16;

/** Results of `work` in the order of `items`; one that rejects does so in its turn. Nothing is started after the consumer has left. */
export async function* lookAhead<A, B>(
  items: Iterable<A>,
  work: (item: A) => Promise<B>,
  ahead = LOOK_AHEAD_ITEMS,
): AsyncGenerator<B> {
  const started: Promise<B>[] = [];
  for (const item of items) {
    const result = work(item);
    result.catch(() => {}); // awaited in its turn; it must not count as unhandled meanwhile
    started.push(result);
    if (started.length >= ahead) yield (await started.shift()) as B;
  }
  for (const result of started) yield await result;
}
