/**
 * Files of one manifest whose names differ in case or in Unicode form only. Where the file
 * system takes them for one name, the second is a conflict, although `OVERWRITE` would
 * replace it: what this run has written is never lost (spec/storage.md 4.3).
 */
import { promises as fs } from 'node:fs';
import type { ConflictResolution } from '../model/conflict-resolution.js';
import type { TargetTree } from './target-tree.js';

type Claim = (mode: ConflictResolution) => Promise<string | undefined>;

export class CaseTwins {
  /** Paths placed so far, by what the names have in common; one is placed after the other. */
  readonly #placed = new Map<string, Promise<readonly string[]>>();

  constructor(readonly log: (message: string) => void = () => {}) {}

  /** Claims `path`, one of the paths with `key` in common. */
  claim(
    tree: Pick<TargetTree, 'filePath'>,
    path: string,
    key: string,
    mode: ConflictResolution,
    claim: Claim,
  ): Promise<string | undefined> {
    if (mode !== 'OVERWRITE') return claim(mode); // names are claimed exclusively then
    const before = this.#placed.get(key) ?? Promise.resolve([]);
    const claimed = before.then(async (others) => {
      const twin = await standsAs(tree, path, others);
      if (twin === undefined) return claim(mode);
      const name = await claim('CREATE_COPY');
      this.log(
        `${JSON.stringify(path)} and ${JSON.stringify(twin)} are one name on this file system: ${JSON.stringify(name)} was made`,
      );
      return name;
    });
    const after = Promise.all([before, claimed.catch(() => undefined)]);
    this.#placed.set(
      key,
      after.then(([others, name]) => (name === undefined ? others : [...others, name])),
    );
    return claimed;
  }
}

/** Which of `others` is the file that stands at `path`. */
async function standsAs(
  tree: Pick<TargetTree, 'filePath'>,
  path: string,
  others: readonly string[],
): Promise<string | undefined> {
  const identity = (entry: string): Promise<string | undefined> =>
    fs.lstat(tree.filePath(entry), { bigint: true }).then(
      ({ dev, ino }) => `${dev}:${ino}`,
      () => undefined,
    );
  const mine = await identity(path);
  if (mine === undefined) return undefined;
  for (const other of others) if ((await identity(other)) === mine) return other;
  return undefined;
}
