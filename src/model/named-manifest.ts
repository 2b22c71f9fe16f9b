/** Errors about entries that say in which of several manifests the entry stands. */
import { StorageError } from './errors.js';

/** What a program calls a manifest in messages, such as the path of its file. */
export interface ManifestName {
  readonly manifestName?: string;
}

/** Runs `judge`; a `StorageError` that it throws names the manifest, where that has a name. */
export function judgingManifest<T>({ manifestName }: ManifestName, judge: () => T): T {
  try {
    return judge();
  } catch (cause) {
    if (manifestName === undefined || !(cause instanceof StorageError)) throw cause;
    const { kind, message, path, hint } = cause;
    throw new StorageError(kind, `manifest ${JSON.stringify(manifestName)} cannot be used: ${message}`, {
      ...(path !== undefined && { path }),
      ...(hint !== undefined && { hint }),
      cause,
    });
  }
}
