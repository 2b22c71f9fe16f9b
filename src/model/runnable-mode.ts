/** The permission bits of a file of mode `mode` once whoever may read it may run it (spec/storage.md 4.4). */
export function runnableMode(mode: number): number {
  return (mode & 0o7777) | ((mode & 0o444) >> 2);
}
