/** The caches that the settings name, opened for one command. Loads little: their threads start while the rest is loaded. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  type CheckCache,
  defaultCacheDir,
  type HashCache,
  hashCacheFile,
  openCheckCache,
  openHashCache,
} from '../index.js';
import type { CommandContext } from './command.js';

/** The caches in use; none with `--no-cache`. */
export interface Caches {
  readonly hashCache?: HashCache;
  readonly checkCache?: CheckCache;
}

export interface CacheNeeds {
  readonly hashCache?: boolean;
  /** `read`: nothing is added, and no file made. */
  readonly checkCache?: boolean | 'read';
}

/** Directory of the caches in force. */
export function cacheDir(context: CommandContext): string {
  const given = context.settings.value('cacheDir');
  return given === undefined ? defaultCacheDir() : resolve(context.cwd, given);
}

/** Whether an earlier run left hashes. */
export function hasHashCache(context: CommandContext): boolean {
  return !context.settings.value('noCache') && existsSync(hashCacheFile(cacheDir(context)));
}

/** Runs `body` with the caches it needs, and closes them. Nothing of them is read before it is asked for. */
export async function withCaches<T>(
  context: CommandContext,
  needs: CacheNeeds,
  body: (caches: Caches) => Promise<T>,
): Promise<T> {
  if (context.settings.value('noCache')) return await body({});
  const readOnly = needs.checkCache === 'read';
  const warn = (message: string): void => context.log('warning', message);
  const place = { dir: cacheDir(context), warn };
  const caches = {
    ...(needs.hashCache && { hashCache: openHashCache(place) }),
    ...(needs.checkCache && { checkCache: openCheckCache({ ...place, readOnly }) }),
  };
  try {
    return await body(caches);
  } finally {
    await Promise.all([caches.hashCache?.close(), caches.checkCache?.close()]);
  }
}
