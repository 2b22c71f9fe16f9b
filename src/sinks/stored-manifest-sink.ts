/**
 * Sink: as manifest-sink, for a manifest that is stored and not returned. Memory does not
 * depend on the number of files of a v2023-03-03 manifest. Knows no store: it hands the
 * encoded bytes to the one call it is given.
 */
import { CommonDirectory } from '../model/common-directory.js';
import type { SettledUnit, TransferTally } from '../model/upload-unit.js';
import { drain } from '../pipeline/drain.js';
import { CancelledError } from '../pipeline/errors.js';
import type { Sink } from '../pipeline/types.js';
import {
  ENCODED_ENTRIES_DEFAULTS,
  type EncodedEntriesOptions,
  type EncodedManifest,
  encodedEntries,
} from './encoded-entries.js';
import { FileAssembly } from './file-assembly.js';
import { countFile } from './manifest-sink.js';

export type { EncodedManifest };

/** What a manifest's paths are relative to: the root of the source, or the deepest directory below it that holds everything. */
export type ManifestRoot = 'source' | 'content';

export interface StoredManifestOptions<S> extends EncodedEntriesOptions {
  /** Default {@link STORED_MANIFEST_DEFAULTS}. */
  readonly root?: ManifestRoot;
  /** Paths beside the entries that a root of `content` has to hold, asked for at the end. Default: none. */
  readonly alsoHeld?: () => Iterable<string>;
  /**
   * Stores the manifest; called once, after every object in it is confirmed. `below` is the
   * directory that its paths are relative to, itself relative to the source's root; empty for that root.
   */
  readonly store: (encoded: EncodedManifest, signal: AbortSignal, below: string) => Promise<S>;
}
export const STORED_MANIFEST_DEFAULTS = {
  root: 'source',
  ...ENCODED_ENTRIES_DEFAULTS,
} as const satisfies Partial<StoredManifestOptions<never>>;

export interface StoredManifestResult<S> {
  /** What the store call answered; absent when there was no entry, for an empty v2023-03-03 manifest cannot be read. */
  readonly stored?: S;
  readonly hash?: string;
  readonly totalSize: number;
  readonly stats: TransferTally;
  readonly hashing: TransferTally;
}

/**
 * - Result: what `store` answered, the manifest's hash, and the tallies.
 * - Errors: `CollectedError` when files failed, and nothing is stored; `NoSpace` when the
 *   temporary files do not fit; errors of `store` unwrapped.
 * - Cancel: nothing is stored once the run is cancelled; temporary files are removed.
 * - Counters: as manifest-sink.
 */
export function storedManifestSink<S>(
  options: StoredManifestOptions<S>,
): Sink<SettledUnit, StoredManifestResult<S>> {
  const { root = STORED_MANIFEST_DEFAULTS.root, alsoHeld = () => [], store } = options;
  return (ctx) => {
    const assembly = new FileAssembly();
    const entries = encodedEntries(options);
    return drain(ctx, {
      accept: (unit) => {
        const file = assembly.accept(unit);
        if (!file) return undefined;
        countFile(ctx, file, unit.outcome);
        return entries.add(file);
      },
      finish: async () => {
        try {
          const tallies = { stats: assembly.transferred, hashing: assembly.hashed };
          if (entries.isEmpty) return { totalSize: 0, ...tallies };
          const below = root === 'content' ? holding(entries.contentDirectory, alsoHeld()) : '';
          const encoded = await entries.encode(ctx, below);
          if (ctx.signal.aborted) throw new CancelledError('cancelled before the manifest was stored');
          const stored = await store(encoded, ctx.signal, below);
          return { stored, hash: encoded.hash, totalSize: encoded.totalSize, ...tallies };
        } finally {
          await entries.discard();
        }
      },
      discard: () => entries.discard(),
    });
  };
}

/** The deepest directory with `directory` and all of `paths`; empty for the root. */
function holding(directory: string, paths: Iterable<string>): string {
  const common = new CommonDirectory();
  common.addDirectory(directory);
  for (const path of paths) common.add(path);
  return common.path;
}
