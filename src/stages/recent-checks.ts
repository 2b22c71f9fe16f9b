/** How the last checks of objects ended: what tells whether asking first is worth it (spec/storage.md 3.3). */

const WINDOW = 200;
const MOSTLY = 0.9;

export class RecentChecks {
  readonly #absent = new Uint8Array(WINDOW);
  #count = 0;
  #absents = 0;
  #putsTell = true;

  add(absent: boolean): void {
    const at = this.#count % WINDOW;
    this.#absents += (absent ? 1 : 0) - (this.#absent[at] ?? 0);
    this.#absent[at] = absent ? 1 : 0;
    this.#count += 1;
  }

  /** What became of a put without a check: an answer like any other, unless the store takes no conditions (spec/storage.md 2.5). */
  addPut({ created, unconditional }: { readonly created: boolean; readonly unconditional?: boolean }): void {
    if (unconditional) this.#putsTell = false;
    else this.add(created);
  }

  /** Whether a put in place of a check tells what was there; one that does not replaces it. */
  get putsTell(): boolean {
    return this.#putsTell;
  }

  /** More than 90 % of the last 200 were absent. */
  get mostlyAbsent(): boolean {
    return this.#count >= WINDOW && this.#absents > WINDOW * MOSTLY;
  }
}
