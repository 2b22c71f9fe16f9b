/** A uniform random sample of a stream whose length is not known. */
export class Reservoir<T> {
  readonly items: T[] = [];
  #offered = 0;

  constructor(
    readonly size: number,
    readonly random: () => number = Math.random,
  ) {}

  /** Every item offered so far is in the sample with equal probability. */
  offer(item: T): void {
    this.#offered += 1;
    if (this.items.length < this.size) {
      this.items.push(item);
      return;
    }
    const at = Math.floor(this.random() * this.#offered);
    if (at < this.size) this.items[at] = item;
  }
}
