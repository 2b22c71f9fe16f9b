/** Where the caches are when nobody says otherwise: where the Python command line keeps its own (spec/storage.md 5.1). */
import { homedir } from 'node:os';
import { join } from 'node:path';

/** `~/.deadline/cache`; the home directory comes from the system. */
export function defaultCacheDir(): string {
  return join(homedir(), '.deadline', 'cache');
}
