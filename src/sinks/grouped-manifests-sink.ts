/**
 * Sink: as stored-manifest-sink, for a run over files of several roots, each of which gets a
 * manifest of its own. Knows no store and no root: it is told where a file belongs.
 */
import type { SettledUnit, TransferTally } from '../model/upload-unit.js';
import { drain } from '../pipeline/drain.js';
import { CancelledError, PipelineError } from '../pipeline/errors.js';
import type { RunContext, Sink } from '../pipeline/types.js';
import {
  ENCODED_ENTRIES_DEFAULTS,
  type EncodedEntries,
  type EncodedEntriesOptions,
  type EncodedManifest,
  encodedEntries,
} from './encoded-entries.js';
import { FileAssembly } from './file-assembly.js';
import { countFile } from './manifest-sink.js';

export interface GroupedManifestsOptions<G, S> extends EncodedEntriesOptions {
  /** Manifests are stored in this order. `spoolEntries` is for all groups together. */
  readonly groups: readonly G[];
  /** The group of the file at `path`, and its path in the manifest of that group. */
  readonly placeOf: (path: string) => { readonly group: G; readonly path: string };
  /** Stores the manifest of a group that has entries; called after every object of every group is confirmed. */
  readonly store: (group: G, encoded: EncodedManifest, signal: AbortSignal) => Promise<S>;
}

export interface GroupedManifestsResult<G, S> {
  /** What the store call answered, for each group that has entries. */
  readonly stored: ReadonlyMap<G, S>;
  readonly stats: TransferTally;
  readonly hashing: TransferTally;
}

/**
 * - Result: what `store` answered for each group, and the tallies of all.
 * - Errors: as stored-manifest-sink. All manifests are encoded before the first is stored.
 * - Cancel: no further manifest is stored; temporary files are removed.
 * - Counters: as manifest-sink.
 */
export function groupedManifestsSink<G, S>(
  options: GroupedManifestsOptions<G, S>,
): Sink<SettledUnit, GroupedManifestsResult<G, S>> {
  return (ctx) => {
    const assembly = new FileAssembly();
    const entries = entriesByGroup(options);
    const discard = async (): Promise<void> => {
      await Promise.all(Array.from(entries.values(), (each) => each.discard()));
    };
    return drain(ctx, {
      accept: (unit) => {
        const file = assembly.accept(unit);
        if (!file) return undefined;
        countFile(ctx, file, unit.outcome);
        const { group, path } = options.placeOf(file.path);
        const target = entries.get(group);
        if (!target) throw new PipelineError(`${JSON.stringify(file.path)} belongs to no group of this run`);
        return target.add({ ...file, path });
      },
      finish: async () => {
        try {
          const stored = await storeAll(ctx, entries, options.store);
          return { stored, stats: assembly.transferred, hashing: assembly.hashed };
        } finally {
          await discard();
        }
      },
      discard,
    });
  };
}

function entriesByGroup<G>(options: GroupedManifestsOptions<G, unknown>): Map<G, EncodedEntries> {
  const { groups, spoolEntries = ENCODED_ENTRIES_DEFAULTS.spoolEntries } = options;
  const share = Math.max(1, Math.floor(spoolEntries / groups.length));
  return new Map(
    groups.map((group) => [group, encodedEntries({ ...options, spoolEntries: share })] as const),
  );
}

async function storeAll<G, S>(
  ctx: RunContext,
  entries: ReadonlyMap<G, EncodedEntries>,
  store: GroupedManifestsOptions<G, S>['store'],
): Promise<ReadonlyMap<G, S>> {
  const encoded: (readonly [G, EncodedManifest])[] = [];
  for (const [group, each] of entries) {
    if (!each.isEmpty) encoded.push([group, await each.encode(ctx)]);
  }
  const stored = new Map<G, S>();
  for (const [group, manifest] of encoded) {
    if (ctx.signal.aborted) throw new CancelledError('cancelled before every manifest was stored');
    stored.set(group, await store(group, manifest, ctx.signal));
  }
  return stored;
}
