/**
 * Sink: as manifest-sink, for a manifest that is stored and not returned. Above a limit
 * the entries of a v2023-03-03 manifest are sorted on disk, so memory does not depend on
 * the number of files. Knows no store: it hands the encoded bytes to the one call it is given.
 */
import { promises as fs } from 'node:fs';
import { encodeManifest, encodeManifestChunks } from '../model/encode.js';
import { encodeV2023Stream } from '../model/encode-v2023.js';
import type { Xxh128 } from '../model/hasher.js';
import { errnoOf, localIoError } from '../model/local-io.js';
import { HASH_ALG } from '../model/manifest.js';
import type { SettledUnit, TransferTally } from '../model/upload-unit.js';
import { drain } from '../pipeline/drain.js';
import { CancelledError } from '../pipeline/errors.js';
import type { RunContext, Sink } from '../pipeline/types.js';
import { FileAssembly } from './file-assembly.js';
import { ManifestBuilder, type ManifestShape, pathEntry } from './manifest-entries.js';
import { countFile } from './manifest-sink.js';
import { SortedSpool } from './sorted-spool.js';

/** A manifest ready to be stored. */
export interface EncodedManifest {
  /** XXH128 of the bytes. */
  readonly hash: string;
  readonly totalSize: number;
  /** In memory, or in a temporary file that lives until the store call settles. */
  readonly content:
    | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
    | { readonly kind: 'file'; readonly path: string; readonly length: number };
}

export interface StoredManifestOptions<S> extends ManifestShape {
  readonly hasher: Xxh128;
  /** Stores the manifest; called once, after every object in it is confirmed. */
  readonly store: (encoded: EncodedManifest, signal: AbortSignal) => Promise<S>;
  /** Entries held in memory; more of them are sorted on disk. */
  readonly spoolEntries?: number;
  /** Where temporary files go. Default: the system's directory for them. */
  readonly spoolDirectory?: string;
}
/** Entries up to which the encoded manifest is held in memory; 20,000 take some 3 MB. */
const ENCODED_IN_MEMORY = 20_000;

export const STORED_MANIFEST_DEFAULTS = { spoolEntries: 250_000 };

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
  return (ctx) => {
    const assembly = new FileAssembly();
    const entries =
      options.version === 'v2023-03-03' ? new SpooledEntries(options) : new HeldEntries(options);
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
          const encoded = await entries.encode(ctx);
          if (ctx.signal.aborted) throw new CancelledError('cancelled before the manifest was stored');
          const stored = await options.store(encoded, ctx.signal);
          return { stored, hash: encoded.hash, totalSize: encoded.totalSize, ...tallies };
        } finally {
          await entries.discard();
        }
      },
      discard: () => entries.discard(),
    });
  };
}

type FileOf = Parameters<ManifestBuilder['add']>[0];

/** Entries of the 2025 formats: names refer to each other, so all are held. */
class HeldEntries {
  readonly #builder: ManifestBuilder;

  constructor(readonly options: ManifestShape & { readonly hasher: Xxh128 }) {
    this.#builder = new ManifestBuilder(options);
  }

  get isEmpty(): boolean {
    return this.#builder.count === 0;
  }

  add(file: FileOf): undefined {
    this.#builder.add(file);
  }

  async encode(): Promise<EncodedManifest> {
    const manifest = this.#builder.build();
    const bytes = encodeManifest(manifest);
    return {
      hash: this.options.hasher.oneShot(bytes),
      totalSize: manifest.totalSize,
      content: { kind: 'bytes', bytes },
    };
  }

  async discard(): Promise<void> {}
}

/** Entries of v2023-03-03: independent of each other, sorted on disk when they are many. */
class SpooledEntries {
  readonly #spool: SortedSpool;

  constructor(
    readonly options: {
      readonly hasher: Xxh128;
      readonly spoolEntries?: number;
      readonly spoolDirectory?: string;
    },
  ) {
    this.#spool = new SortedSpool(
      options.spoolEntries ?? STORED_MANIFEST_DEFAULTS.spoolEntries,
      options.spoolDirectory,
    );
  }

  get isEmpty(): boolean {
    return this.#spool.count === 0;
  }

  add(file: FileOf): Promise<void> | undefined {
    return file.kind === 'file' ? this.#spool.add(pathEntry(file)) : undefined;
  }

  async encode(ctx: RunContext): Promise<EncodedManifest> {
    const { totalSize } = this.#spool;
    const { spilled, held } = this.#spool;
    // The encoder sorts; entries from disk come one by one, which costs a promise each.
    const pieces = spilled
      ? encodeV2023Stream(this.#spool.sorted(), totalSize)
      : encodeManifestChunks({ version: 'v2023-03-03', hashAlg: HASH_ALG, totalSize, paths: held });
    const hash = this.options.hasher.create();
    const content =
      this.#spool.count > ENCODED_IN_MEMORY
        ? await this.#toFile(pieces, hash, ctx.signal)
        : await toBytes(pieces, hash);
    return { hash: hash.digest(), totalSize, content };
  }

  discard(): Promise<void> {
    return this.#spool.discard();
  }

  async #toFile(
    pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
    hash: { update(bytes: Uint8Array): void },
    signal: AbortSignal,
  ): Promise<EncodedManifest['content']> {
    const path = await this.#spool.file('manifest');
    let length = 0;
    try {
      const file = await fs.open(path, 'wx', 0o600);
      try {
        for await (const piece of pieces) {
          signal.throwIfAborted();
          hash.update(piece);
          length += piece.length;
          await file.writeFile(piece);
        }
      } finally {
        await file.close();
      }
    } catch (error) {
      if (signal.aborted)
        throw new CancelledError('cancelled while the manifest was encoded', { cause: error });
      throw errnoOf(error) ? localIoError(error, { operation: 'spool', path, side: 'target' }) : error;
    }
    return { kind: 'file', path, length };
  }
}

async function toBytes(
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  hash: { update(bytes: Uint8Array): void },
): Promise<EncodedManifest['content']> {
  const held: Uint8Array[] = [];
  for await (const piece of pieces) {
    hash.update(piece);
    held.push(piece);
  }
  return { kind: 'bytes', bytes: Buffer.concat(held) };
}
