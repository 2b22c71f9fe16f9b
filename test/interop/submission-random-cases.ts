/** Trees, storage profiles and references by chance, the same at every run. */
import { seeded } from '../support/seeded.js';
import { type DiskNode, link } from '../support/tree-on-disk.js';
import { type AttachmentsCase, at, type ProfileLocation } from './submission-case.js';
import { dir, file } from './submission-kit.js';

const PARTS = ['a', 'b', 'a b', 'A', 'ä', '.h', 'a-b', 'é🎬', '𝒳'];
const DEPTH = 4;

/** Some of everything; paths of many cases meet, since there are few names. */
class Chance {
  readonly #next: () => number;

  constructor(seed: number) {
    this.#next = seeded(seed);
  }

  below(limit: number): number {
    return Math.floor(this.#next() * limit);
  }

  of<T>(items: readonly T[]): T {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new Error('there is nothing to choose from');
    return item;
  }

  some<T>(items: readonly T[], atMost: number): T[] {
    return items.length === 0 ? [] : Array.from({ length: this.below(atMost + 1) }, () => this.of(items));
  }

  path(): string {
    return Array.from({ length: 1 + this.below(DEPTH) }, () => this.of(PARTS)).join('/');
  }

  /** The same path in one of many spellings. */
  spelled(path: string): string {
    const spellings = [path, path, path, `${path}/.`, path.replace('/', '//'), `${path}/x/..`, `./${path}`];
    const spelling = this.of(spellings);
    // A relative one means the working directory, which is the root.
    return this.below(4) === 0 ? spelling : at(spelling);
  }
}

export function randomCase(seed: number): AttachmentsCase {
  const chance = new Chance(seed);
  const tree = randomTree(chance);
  const files = tree.filter(({ type }) => type !== 'dir').map(({ path }) => path);
  const folders = [...new Set(tree.flatMap(({ path }) => ancestorsOf(path)))];
  const anywhere = [...files, ...folders, ...Array.from({ length: 5 }, () => chance.path())];
  const spelled = (paths: readonly string[]): string[] => paths.map((path) => chance.spelled(path));
  return {
    name: `by chance: ${seed}`,
    tree,
    locations: Array.from({ length: chance.below(5) }, (_, index) => randomLocation(chance, anywhere, index)),
    references: {
      inputFilenames: spelled(chance.some(files, 6)),
      inputDirectories: spelled(chance.some(chance.below(5) === 0 ? anywhere : folders, 3)),
      outputDirectories: spelled(chance.some(anywhere, 3)),
      referencedPaths: spelled(chance.some(anywhere, 3)),
    },
    options: { require_paths_exist: chance.below(5) === 0 },
  };
}

/** Without a node below a file or in the place of another. */
function randomTree(chance: Chance): DiskNode[] {
  const nodes = new Map<string, DiskNode>();
  for (let index = 0; index < 25; index += 1) {
    const path = chance.path();
    const isFree = !nodes.has(path) && ![...nodes.keys()].some((each) => each.startsWith(`${path}/`));
    if (!isFree || ancestorsOf(path).some((parent) => isLeaf(nodes.get(parent)))) continue;
    nodes.set(path, randomNode(chance, path));
  }
  return [...nodes.values()];
}

function isLeaf(node: DiskNode | undefined): boolean {
  return node !== undefined && node.type !== 'dir';
}

function randomNode(chance: Chance, path: string): DiskNode {
  const kind = chance.below(10);
  if (kind === 0) return dir(path);
  if (kind === 1) return link(path, at(chance.path()));
  if (kind === 2) return link(path, `${chance.of(['', '../', '../../'])}${chance.path()}`);
  return file(path, `content ${chance.below(8)}`, { mtime: 1_600_000_000 + chance.below(1_000_000) });
}

function randomLocation(chance: Chance, anywhere: readonly string[], index: number): ProfileLocation {
  return {
    name: `Location ${index}`,
    // Normal ones: by the length of its text, the Python library may take another for the deepest.
    path: at(chance.of(anywhere)),
    type: chance.of(['LOCAL', 'LOCAL', 'SHARED']),
  };
}

function ancestorsOf(path: string): string[] {
  const parts = path.split('/');
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'));
}
