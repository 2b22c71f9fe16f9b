/** A hash cache for one process, without a file: for tests and for programs that run once. */
import { isStorable, isUsableRange } from './hash-rules.js';
import type { HashCache, HashQuery, HashRecord } from './ports.js';

export function memoryHashCache(): HashCache {
  const rows = new Map<string, HashRecord>();
  return {
    lookup: async (queries) =>
      queries.map((query) => {
        const row = isUsableRange(query) ? rows.get(keyOf(query)) : undefined;
        return row !== undefined && sameState(row, query) ? row.hash : undefined;
      }),
    store: (records) => {
      for (const record of records) if (isStorable(record)) rows.set(keyOf(record), record);
    },
    flush: async () => {},
    close: async () => {},
  };
}

function keyOf({ path, rangeStart, rangeEnd }: HashQuery): string {
  return `${rangeStart} ${rangeEnd} ${path}`;
}

function sameState(row: HashQuery, query: HashQuery): boolean {
  return row.size === query.size && row.mtimeNs === query.mtimeNs && row.ctimeNs === query.ctimeNs;
}
