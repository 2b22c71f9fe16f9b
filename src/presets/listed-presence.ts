/**
 * What a directory store holds, from one listing of its objects' names instead of a call
 * per object: after the first thousand questions the whole listing is cheaper. It is the
 * store's own word, fresher than any cache; sizes are sampled by the stage that asks.
 */
import { promises as fs } from 'node:fs';
import { HashSet } from '../model/hash-set.js';
import { HASH_ALG } from '../model/manifest.js';
import type { PresenceCache } from '../stages/existence-check.js';

/** Questions that are left to the store, object by object. */
const ASKED_ONE_BY_ONE = 1000;
/** Directories above this size, some 400,000 objects on ext4, are not listed: their names would not be few beside the questions. */
const MAX_DIRECTORY_BYTES = 32 * 1024 * 1024;

const SUFFIX = `.${HASH_ALG}`;

/** Answers for the objects in `directory`; `otherwise` answers for one that is too large to be listed. */
export function listedPresence(directory: string, otherwise: PresenceCache | undefined): PresenceCache {
  let asked = 0;
  let listing: Promise<HashSet | undefined> | undefined;
  return {
    lookup: async (hashes) => {
      asked += hashes.length;
      if (asked <= ASKED_ONE_BY_ONE) return hashes.map(() => false);
      listing ??= list(directory);
      const held = await listing;
      if (held) return hashes.map((hash) => held.has(hash));
      return otherwise ? otherwise.lookup(hashes) : hashes.map(() => false);
    },
    store: (hashes) => otherwise?.store(hashes),
  };
}

/** `undefined` when it is too large or cannot be listed: then the store is asked object by object, and says why. */
async function list(directory: string): Promise<HashSet | undefined> {
  try {
    if ((await fs.stat(directory)).size > MAX_DIRECTORY_BYTES) return undefined;
    const held = new HashSet();
    for (const name of await fs.readdir(directory)) {
      if (name.endsWith(SUFFIX)) held.add(name.slice(0, -SUFFIX.length));
    }
    return held;
  } catch {
    return undefined;
  }
}
