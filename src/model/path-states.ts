/**
 * What diffs do to a tree of paths, applied one after the other (spec/manifests.md 10.5).
 * Every path has a file state and a directory state; a deletion is remembered as a marker,
 * so that the states describe a snapshot as well as a diff over an unknown one. Used by
 * compose-manifests.ts only.
 */
import { deepestFirst } from './diff-snapshots.js';
import { uniqueDirs, uniqueFiles } from './duplicates.js';
import { ManifestError } from './errors.js';
import type { DirEntry, FileEntry, ManifestV2025 } from './manifest.js';
import { parentPath } from './paths.js';
import { quoted } from './quoted.js';

/** A path; alive while it is a live file or a live directory, never both. */
interface Node {
  readonly path: string;
  readonly parent: Node | undefined;
  children: Node[];
  /** Children that are alive. */
  aliveBelow: number;
  file: FileEntry | undefined;
  dirAlive: boolean;
  fileMarked: boolean;
  dirMarked: boolean;
  /** What stood below when the path was deleted as a file: forgotten, unless the path ends as a file. */
  buried: Node[];
}

/** Where a directory is live, everything above it is live as well, and no file. */
export class PathStates {
  readonly #nodes = new Map<string, Node>();

  /** Adds the entries of a snapshot. Throws `PATH_CONFLICT` where it contradicts itself. */
  addSnapshot(snapshot: ManifestV2025): void {
    const { files, dirs } = uniqueEntries(snapshot);
    for (const file of files) this.#putFile(file);
    for (const dir of dirs) this.#putDir(dir.path);
  }

  /** Deletions of files, of directories, then what is live. Throws `PATH_CONFLICT`, `DUPLICATE_PATH`. */
  applyDiff(diff: ManifestV2025): void {
    const { files, dirs } = uniqueEntries(diff);
    for (const file of files) if (file.deleted === true) this.#deleteFile(file.path);
    const goneDirs = dirs.filter((dir) => dir.deleted === true).map((dir) => dir.path);
    for (const path of deepestFirst(goneDirs)) this.#deleteDir(path);
    for (const file of files) if (file.deleted !== true) this.#putFile(file);
    for (const dir of dirs) if (dir.deleted !== true) this.#putDir(dir.path);
  }

  /** What is live: the entries of a snapshot. */
  liveEntries(): { files: FileEntry[]; dirs: DirEntry[] } {
    const files: FileEntry[] = [];
    const dirs: DirEntry[] = [];
    for (const { path, file, dirAlive } of this.#nodes.values()) {
      if (file !== undefined) files.push(file);
      else if (dirAlive) dirs.push({ path });
    }
    return { files, dirs };
  }

  /** What is live and every marker that is still needed: the entries of a diff. */
  diffEntries(): { files: FileEntry[]; dirs: DirEntry[] } {
    const files: FileEntry[] = [];
    const dirs: DirEntry[] = [];
    for (const node of this.#nodes.values()) {
      const { path } = node;
      if (node.file !== undefined) files.push(node.file);
      else if (node.fileMarked) files.push({ path, deleted: true });
      if (node.dirAlive) dirs.push({ path });
      else if (node.dirMarked) dirs.push({ path, deleted: true });
    }
    return { files: files.concat(this.#unearthed()), dirs };
  }

  #deleteFile(path: string): void {
    const node = this.#nodeAt(path);
    node.fileMarked = true;
    setFile(node, undefined);
    if (node.children.length > 0) this.#bury(node);
    setDirAlive(node, false);
  }

  #deleteDir(path: string): void {
    const node = this.#nodeAt(path);
    node.dirMarked = true;
    if (node.aliveBelow === 0) setDirAlive(node, false);
  }

  #putFile(file: FileEntry): void {
    const node = this.#nodeAt(file.path);
    this.#reviveAbove(node);
    if (node.dirAlive) {
      removeEmptyDirs(node);
      setDirAlive(node, false);
    }
    setFile(node, file);
  }

  #putDir(path: string): void {
    const node = this.#nodeAt(path);
    if (node.file !== undefined) throw conflict(path, 'is a file that was not deleted');
    this.#reviveAbove(node);
    setDirAlive(node, true);
  }

  /** Makes the directories on the way to `node` live, up to the first that is live already. */
  #reviveAbove(node: Node): void {
    for (let above = node.parent; above !== undefined && !above.dirAlive; above = above.parent) {
      if (above.file !== undefined) throw conflict(node.path, `lies below the file ${quoted(above.path)}`);
      setDirAlive(above, true);
    }
  }

  /** The node of `path`, made with those above it where there is none. */
  #nodeAt(path: string): Node {
    const known = this.#nodes.get(path);
    if (known !== undefined) return known;
    const missing: string[] = [];
    let top: string | undefined = path;
    for (; top !== undefined && !this.#nodes.has(top); top = directoryOf(top)) missing.push(top);
    let parent = top === undefined ? undefined : this.#nodes.get(top);
    for (const next of missing.reverse()) {
      parent = newNode(next, parent);
      this.#nodes.set(next, parent);
    }
    return parent ?? newNode(path, undefined);
  }

  #bury(node: Node): void {
    for (const below of descendants(node.children)) this.#nodes.delete(below.path);
    node.buried = node.buried.concat(node.children);
    node.children = [];
    node.aliveBelow = 0;
  }

  /** Deletions that were forgotten below a path, needed again because a live file replaces it. */
  #unearthed(): FileEntry[] {
    const known = new Set<string>();
    const files: FileEntry[] = [];
    for (const node of this.#nodes.values()) {
      for (const below of node.buried.length > 0 && endsAsFile(node) ? buriedBelow(node) : []) {
        if (known.has(below.path) || this.#isStated(below.path)) continue;
        known.add(below.path);
        files.push({ path: below.path, deleted: true });
      }
    }
    return files;
  }

  #isStated(path: string): boolean {
    const node = this.#nodes.get(path);
    return node !== undefined && (node.file !== undefined || node.fileMarked);
  }
}

/** Each path once, by the rule of the manifest's version (spec/manifests.md 3.3, 4.3). */
function uniqueEntries(manifest: ManifestV2025): { files: readonly FileEntry[]; dirs: readonly DirEntry[] } {
  const policy = manifest.version === 'v2025-12' ? 'refuse' : 'first-wins';
  return { files: uniqueFiles(manifest.files, policy), dirs: uniqueDirs(manifest.dirs, policy) };
}

function newNode(path: string, parent: Node | undefined): Node {
  const node: Node = {
    path,
    parent,
    children: [],
    aliveBelow: 0,
    file: undefined,
    dirAlive: false,
    fileMarked: false,
    dirMarked: false,
    buried: [],
  };
  parent?.children.push(node);
  return node;
}

/** The directory that `path` stands in; `/` is the root of the tree and none of its entries. */
function directoryOf(path: string): string | undefined {
  const parent = parentPath(path);
  return parent === '/' ? undefined : parent;
}

function setFile(node: Node, file: FileEntry | undefined): void {
  const was = isAlive(node);
  node.file = file;
  countChange(node, was);
}

function setDirAlive(node: Node, alive: boolean): void {
  const was = isAlive(node);
  node.dirAlive = alive;
  countChange(node, was);
}

function isAlive(node: Node): boolean {
  return node.dirAlive || node.file !== undefined;
}

function countChange(node: Node, was: boolean): void {
  if (node.parent !== undefined) node.parent.aliveBelow += Number(isAlive(node)) - Number(was);
}

/** Takes the live directories below `top` away. Throws `PATH_CONFLICT` if a live file is among them. */
function removeEmptyDirs(top: Node): void {
  const dirs = [top];
  for (let dir = dirs.pop(); dir !== undefined; dir = dirs.pop()) {
    if (dir.aliveBelow === 0) continue;
    for (const child of dir.children) {
      if (child.file !== undefined)
        throw conflict(top.path, `is a directory that holds ${quoted(child.path)}`);
      if (child.dirAlive) dirs.push(child);
      child.dirAlive = false;
    }
    dir.aliveBelow = 0;
  }
}

function* descendants(nodes: readonly Node[]): Generator<Node> {
  const open = [...nodes];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    yield node;
    for (const child of node.children) open.push(child);
  }
}

/** Buried nodes with a file state, those that were buried twice included. */
function* buriedBelow(node: Node): Generator<Node> {
  const open = [...node.buried];
  for (let below = open.pop(); below !== undefined; below = open.pop()) {
    if (below.file !== undefined || below.fileMarked) yield below;
    for (const child of below.children) open.push(child);
    for (const child of below.buried) open.push(child);
  }
}

function endsAsFile(node: Node): boolean {
  let at: Node | undefined = node;
  while (at !== undefined && at.file === undefined) at = at.dirAlive ? undefined : at.parent;
  return at !== undefined;
}

function conflict(path: string, problem: string): ManifestError {
  return new ManifestError('PATH_CONFLICT', `${quoted(path)} cannot be placed: it ${problem}`, { path });
}
