/** Gathers rows to be written: so many at once, and none waits longer than so long (spec/storage.md 5.5). */

export const BATCH_ROWS = 500;
const BATCH_MS = 250;

export class WriteBatches<T> {
  private rows: T[] = [];
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly write: (rows: readonly T[]) => void) {}

  add(rows: readonly T[]): void {
    for (const row of rows) {
      this.rows.push(row);
      if (this.rows.length >= BATCH_ROWS) this.flush();
    }
    if (this.rows.length > 0) this.timer ??= setTimeout(() => this.flush(), BATCH_MS);
  }

  /** Hands over what is gathered. */
  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.rows.length === 0) return;
    const rows = this.rows;
    this.rows = [];
    this.write(rows);
  }
}

/** `items` in runs of at most {@link BATCH_ROWS}. */
export function inBatches<T>(items: readonly T[]): (readonly T[])[] {
  if (items.length <= BATCH_ROWS) return items.length === 0 ? [] : [items];
  const batches: (readonly T[])[] = [];
  for (let at = 0; at < items.length; at += BATCH_ROWS) batches.push(items.slice(at, at + BATCH_ROWS));
  return batches;
}
