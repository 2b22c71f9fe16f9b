/**
 * Entries of one manifest, gathered while a run confirms its files and encoded at its end.
 * Those of v2023-03-03 are sorted on disk when they are many, so memory does not depend on
 * their number. Stores nothing.
 */
import { promises as fs } from 'node:fs';
import { CommonDirectory } from '../model/common-directory.js';
import { encodeManifest } from '../model/encode.js';
import { checkedV2023Pieces, checkPathV2023, encodeV2023Stream } from '../model/encode-v2023.js';
import type { HashedEntry } from '../model/file-item.js';
import type { Xxh128 } from '../model/hasher.js';
import { errnoOf, localIoError } from '../model/local-io.js';
import type { PathV2023 } from '../model/manifest.js';
import { checkSize, TOP } from '../model/member-checks.js';
import { CancelledError } from '../pipeline/errors.js';
import type { RunContext } from '../pipeline/types.js';
import { entryBelow, ManifestBuilder, type ManifestShape, pathEntry } from './manifest-entries.js';
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

export interface EncodedEntriesOptions extends ManifestShape {
  readonly hasher: Xxh128;
  /** Entries held in memory; more of them are sorted on disk. */
  readonly spoolEntries?: number;
  /** Where temporary files go. Default: the system's directory for them. */
  readonly spoolDirectory?: string;
}
export const ENCODED_ENTRIES_DEFAULTS = { spoolEntries: 250_000 };

/** Entries up to which the encoded manifest is held in memory; 20,000 take some 3 MB. */
const ENCODED_IN_MEMORY = 20_000;

export interface EncodedEntries {
  readonly isEmpty: boolean;
  /** The deepest directory that holds everything there is; empty for the root. */
  readonly contentDirectory: string;
  /** A promise where as many entries are held as may be: its caller should wait. */
  add(file: HashedEntry): Promise<void> | undefined;
  /** The manifest of the directory `below`, which holds every entry; empty for the root. */
  encode(ctx: Pick<RunContext, 'signal'>, below?: string): Promise<EncodedManifest>;
  /** Removes temporary files. */
  discard(): Promise<void>;
}

export function encodedEntries(options: EncodedEntriesOptions): EncodedEntries {
  return options.version === 'v2023-03-03' ? new SpooledEntries(options) : new HeldEntries(options);
}

/** Entries of the 2025 formats: names refer to each other, so all are held. */
class HeldEntries implements EncodedEntries {
  readonly #builder: ManifestBuilder;

  constructor(readonly options: EncodedEntriesOptions) {
    this.#builder = new ManifestBuilder(options);
  }

  get isEmpty(): boolean {
    return this.#builder.count === 0;
  }

  get contentDirectory(): string {
    return this.#builder.contentDirectory;
  }

  add(file: HashedEntry): undefined {
    this.#builder.add(file);
  }

  async encode(_ctx: unknown, below = ''): Promise<EncodedManifest> {
    const manifest = this.#builder.build(below);
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
class SpooledEntries implements EncodedEntries {
  readonly #spool: SortedSpool;
  readonly #common = new CommonDirectory();

  constructor(readonly options: EncodedEntriesOptions) {
    this.#spool = new SortedSpool(
      options.spoolEntries ?? ENCODED_ENTRIES_DEFAULTS.spoolEntries,
      options.spoolDirectory,
    );
  }

  get isEmpty(): boolean {
    return this.#spool.count === 0;
  }

  get contentDirectory(): string {
    return this.#common.path;
  }

  add(file: HashedEntry): Promise<void> | undefined {
    if (file.kind !== 'file') return undefined;
    this.#common.add(file.path);
    const entry = pathEntry(file);
    checkPathV2023(entry, this.#spool.count); // here, where other cores are at work too
    return this.#spool.add(entry);
  }

  async encode(ctx: Pick<RunContext, 'signal'>, below = ''): Promise<EncodedManifest> {
    const { totalSize, spilled, held } = this.#spool;
    const spare: Uint8Array[] = [];
    // The encoder sorts; entries from disk come one by one, which costs a promise each.
    const pieces = spilled
      ? encodeV2023Stream(this.#sorted(below), totalSize, spare)
      : checkedV2023Pieces(
          below === '' ? held : held.map((entry) => entryBelow(entry, below)),
          checkSize(totalSize, 'totalSize', TOP),
          spare,
        );
    const hash = this.options.hasher.create();
    const content =
      this.#spool.count > ENCODED_IN_MEMORY
        ? await this.#toFile(pieces, spare, hash, ctx.signal)
        : await toBytes(pieces, hash);
    return { hash: hash.digest(), totalSize, content };
  }

  discard(): Promise<void> {
    return this.#spool.discard();
  }

  async *#sorted(below: string): AsyncGenerator<PathV2023> {
    for await (const entry of this.#spool.sorted()) yield entryBelow(entry, below);
  }

  async #toFile(
    pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
    spare: Uint8Array[],
    hash: { update(bytes: Uint8Array): void },
    signal: AbortSignal,
  ): Promise<EncodedManifest['content']> {
    const path = await this.#spool.file('manifest');
    let length = 0;
    try {
      const file = await fs.open(path, 'wx', 0o600);
      try {
        let written: Promise<unknown> = Promise.resolve();
        let inHand: Uint8Array | undefined;
        for await (const piece of pieces) {
          signal.throwIfAborted();
          hash.update(piece);
          length += piece.length;
          await written; // the piece before it, written while this one was made
          if (inHand) spare.push(inHand);
          inHand = piece;
          written = file.writeFile(piece);
          written.catch(() => {});
        }
        await written;
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
