/** First in, first out, without the quadratic cost of `Array.shift()` on a long array. */
export class Queue<T> {
  #items: T[] = [];
  #head = 0;

  get size(): number {
    return this.#items.length - this.#head;
  }

  push(item: T): void {
    this.#items.push(item);
  }

  peek(): T | undefined {
    return this.#items[this.#head];
  }

  take(): T | undefined {
    if (this.#head === this.#items.length) return undefined;
    const item = this.#items[this.#head];
    this.#items[this.#head] = undefined as T; // let go of it before the array is cut
    this.#head += 1;
    if (this.#head === this.#items.length) this.#clear();
    else if (this.#head > 1024 && this.#head * 2 > this.#items.length) this.#replace(this.drain());
    return item;
  }

  /** Takes out everything. */
  drain(): T[] {
    const rest = this.#items.slice(this.#head);
    this.#replace([]);
    return rest;
  }

  /** Takes out what does not pass; the order of the rest is kept. Reads the whole queue. */
  keep(test: (item: T) => boolean): void {
    this.#replace(this.drain().filter(test));
  }

  /** Keeps the array: a queue that is emptied for every item would otherwise make one each time. */
  #clear(): void {
    this.#items.length = 0;
    this.#head = 0;
  }

  #replace(items: T[]): void {
    this.#items = items;
    this.#head = 0;
  }
}
