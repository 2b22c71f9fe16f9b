/**
 * Replaces links by copies of what they point at, for subtrees, partitions and v2023
 * (spec/manifests.md 10.7, 10.8). Looks targets up in the whole manifest and decides
 * nothing about which links are replaced.
 */

import { MAX_EXPANDED_PATH } from './entry-paths.js';
import { ManifestError } from './errors.js';
import { cycleError, LinkTargets } from './link-targets.js';
import type { FileEntry, ManifestV2025 } from './manifest.js';
import { quoted } from './quoted.js';

/** What stands in place of a link. */
export interface CollapsedLink {
  readonly files: readonly FileEntry[];
  /** Paths of links, this one or those met on the way, with nothing to copy behind them. */
  readonly dropped: readonly string[];
}

/** Content of a place, by what is appended to the path of a link that points there. */
interface Content {
  readonly files: readonly { readonly suffix: string; readonly entry: FileEntry }[];
  readonly dangling: readonly string[];
}

/** Entries that one manifest's links may add: links to links of directories can multiply without a cycle. */
export const MAX_COLLAPSED_ENTRIES = 5_000_000;

const NOTHING: Content = { files: [], dangling: [''] };

/** Collapses links of one manifest; each place is looked at once, however many links lead there. */
export class SymlinkCollapser {
  readonly #manifest: ManifestV2025;
  readonly #contents = new Map<string, Content>();
  readonly #busy = new Set<string>();
  #targets: LinkTargets | undefined;
  #copied = 0;

  constructor(manifest: ManifestV2025) {
    this.#manifest = manifest;
  }

  /**
   * The entries that replace `link` when it stands at `path`: the target's entry, or every
   * file below it, links inside included. Errors: `SYMLINK_CYCLE`; `INVALID_PATH` for a
   * result above 32,768 characters; `NOT_REPRESENTABLE` above {@link MAX_COLLAPSED_ENTRIES}.
   */
  collapse(link: FileEntry, path: string): CollapsedLink {
    const content = this.#contentBehind(link);
    this.#copied += content.files.length;
    checkCount(this.#copied);
    return {
      files: content.files.map(({ suffix, entry }) => copyOf(entry, path + suffix)),
      dropped: content.dangling.map((suffix) => path + suffix),
    };
  }

  /** Depth first without recursion: places nest as deep as a path may be long. */
  #contentBehind(link: FileEntry): Content {
    const place = this.#placeOf(link);
    if (place === undefined) return NOTHING;
    const open = [place];
    for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
      if (this.#contents.has(top) || this.#busy.has(top)) {
        if (!this.#contents.has(top)) this.#contents.set(top, this.#gather(top));
        this.#busy.delete(top);
        open.pop();
      } else {
        this.#busy.add(top);
        for (const inner of this.#placesInside(top)) {
          if (this.#busy.has(inner)) throw cycleError(link.path);
          open.push(inner);
        }
      }
    }
    return this.#contents.get(place) ?? NOTHING;
  }

  #placeOf(link: FileEntry): string | undefined {
    this.#targets ??= new LinkTargets(this.#manifest);
    return this.#targets.locate(link.symlinkTarget ?? link.path);
  }

  #placesInside(place: string): Set<string> {
    const places = new Set<string>();
    for (const file of this.#targets?.below(place) ?? []) {
      const inner = file.symlinkTarget === undefined ? undefined : this.#placeOf(file);
      if (inner !== undefined && !this.#contents.has(inner)) places.add(inner);
    }
    return places;
  }

  #gather(place: string): Content {
    const own = this.#targets?.fileAt(place);
    if (own !== undefined) return { files: [{ suffix: '', entry: own }], dangling: [] };
    const files: { suffix: string; entry: FileEntry }[] = [];
    const dangling: string[] = [];
    for (const file of this.#targets?.below(place) ?? []) {
      const at = suffixOf(file.path, place);
      if (file.symlinkTarget === undefined) files.push({ suffix: at, entry: file });
      else this.#gatherLink(file, at, files, dangling);
    }
    return files.length + dangling.length > 0 ? { files, dangling } : NOTHING;
  }

  #gatherLink(
    link: FileEntry,
    at: string,
    files: { suffix: string; entry: FileEntry }[],
    dangling: string[],
  ): void {
    const place = this.#placeOf(link);
    const content = (place === undefined ? undefined : this.#contents.get(place)) ?? NOTHING;
    checkCount(files.length + content.files.length);
    for (const { suffix, entry } of content.files) files.push({ suffix: at + suffix, entry });
    for (const suffix of content.dangling) dangling.push(at + suffix);
  }
}

function checkCount(copies: number): void {
  if (copies <= MAX_COLLAPSED_ENTRIES) return;
  throw new ManifestError(
    'NOT_REPRESENTABLE',
    `replacing links would copy more than ${MAX_COLLAPSED_ENTRIES} entries; keep or exclude the links instead`,
  );
}

/** From the place's name on: with a leading `/`, so that it can follow a link's path. */
function suffixOf(path: string, place: string): string {
  if (place === '.') return `/${path}`;
  return place.endsWith('/') ? `/${path.slice(place.length)}` : path.slice(place.length);
}

function copyOf(entry: FileEntry, path: string): FileEntry {
  if (path.length <= MAX_EXPANDED_PATH) return { ...entry, path };
  throw new ManifestError(
    'INVALID_PATH',
    `replacing links gives a path of ${path.length} characters: ${quoted(path)}`,
  );
}
