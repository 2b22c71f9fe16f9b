/** Request headers in the order in which they are signed. Pure. */

export class HeaderList {
  /** Name, value, name, value; names in lower case, ascending. */
  readonly flat: string[] = [];

  /** Adds a header that is not there yet. Cheapest when names come in ascending order. */
  add(name: string, value: string): void {
    const { flat } = this;
    let at = flat.length;
    while (at > 0 && (flat[at - 2] as string) > name) at -= 2;
    if (at === flat.length) flat.push(name, value);
    else flat.splice(at, 0, name, value);
  }

  /** Takes a header out again. */
  remove(name: string): void {
    for (let at = 0; at < this.flat.length; at += 2) {
      if (this.flat[at] === name) this.flat.splice(at, 2);
    }
  }
}
