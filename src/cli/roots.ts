/**
 * Which local directory belongs to a manifest file: the rule or root whose hash occurs in
 * the file's name (spec/worker-and-cli.md 4.1).
 */
import { basename, join, resolve } from 'node:path';
import { type PathMappingRule, rootHash, ValidationError, xxh128 } from '../index.js';

/** A manifest file and the directory that its entries lie below. */
export interface RootedManifest {
  readonly file: string;
  readonly root: string;
  /** Path of the root where the manifest was made. */
  readonly sourcePath: string;
}

/** Destinations of a download: by rule, else below the current directory under the file's name. Throws `NonValidInputError` for two manifests in one place. */
export function destinationsByRule(
  files: readonly string[],
  rules: readonly PathMappingRule[],
  cwd: string,
): RootedManifest[] {
  return distinct(
    files.map((file) => {
      const rule = ruleOf(file, rules);
      const root = rule ? resolve(cwd, rule.destinationPath) : join(cwd, basename(file));
      return { file, root, sourcePath: rule?.sourcePath ?? root };
    }),
  );
}

/** Destinations below one directory: its own for a single manifest, one named after the file for each of several. */
export function destinationsBelow(files: readonly string[], directory: string): RootedManifest[] {
  return distinct(
    files.map((file) => {
      const root = files.length === 1 ? directory : join(directory, basename(file));
      return { file, root, sourcePath: root };
    }),
  );
}

/** Sources of an upload, of which every manifest needs one. Throws `NonValidInputError` for a manifest without. */
export function sourcesByRule(
  files: readonly string[],
  rules: readonly PathMappingRule[],
  cwd: string,
): RootedManifest[] {
  return files.map((file) => {
    const rule = ruleOf(file, rules);
    if (!rule) {
      throw new ValidationError(
        'NonValidInputError',
        `No valid root defined for given manifest ${basename(file)}, please check input root dirs and path mapping rule. The name of the file has to hold the hash of its root: ${rules.map(hashOfRoot).join(', ')}`,
      );
    }
    return { file, root: resolve(cwd, rule.destinationPath), sourcePath: rule.sourcePath };
  });
}

function ruleOf(file: string, rules: readonly PathMappingRule[]): PathMappingRule | undefined {
  const name = basename(file);
  return rules.find((rule) => name.includes(rootHash(rule.sourcePath, xxh128)));
}

function hashOfRoot({ sourcePath }: PathMappingRule): string {
  return `${rootHash(sourcePath, xxh128)} for ${JSON.stringify(sourcePath)}`;
}

function distinct(manifests: RootedManifest[]): RootedManifest[] {
  const seen = new Set<string>();
  for (const { root } of manifests) {
    if (seen.has(root)) {
      throw new ValidationError(
        'NonValidInputError',
        `${root} is already in use, one destination path maps to one manifest file only.`,
      );
    }
    seen.add(root);
  }
  return manifests;
}
