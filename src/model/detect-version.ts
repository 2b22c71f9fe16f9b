/** Which format a parsed document is in (spec/manifests.md section 5 and 4.6). */
import { ManifestError } from './errors.js';
import type { ManifestType, ManifestVersion, PathStyle } from './manifest.js';
import { isJsonObject, type JsonObject } from './member-checks.js';
import { shown } from './quoted.js';

/** Style and type of a 2025-12 document. */
export interface SpecificationKind {
  readonly pathStyle: PathStyle;
  readonly type: ManifestType;
}

/** The four `specificationVersion` strings. */
export const SPECIFICATION_KINDS: ReadonlyMap<unknown, SpecificationKind> = new Map([
  ['absolute-manifest-snapshot-beta-2025-12', { pathStyle: 'absolute', type: 'snapshot' }],
  ['absolute-manifest-diff-beta-2025-12', { pathStyle: 'absolute', type: 'diff' }],
  ['relative-manifest-snapshot-beta-2025-12', { pathStyle: 'relative', type: 'snapshot' }],
  ['relative-manifest-diff-beta-2025-12', { pathStyle: 'relative', type: 'diff' }],
]);

/** `2025-12` is an intermediate form that is read only. */
const MANIFEST_VERSIONS: ReadonlyMap<unknown, ManifestVersion> = new Map([
  ['2023-03-03', 'v2023-03-03'],
  ['2025-12-04-beta', 'v2025-12-04-beta'],
  ['2025-12', 'v2025-12'],
]);

/** `parsed` as an object. Throws `NOT_AN_OBJECT`. */
export function topLevelObject(parsed: unknown): JsonObject {
  if (isJsonObject(parsed)) return parsed;
  throw new ManifestError('NOT_AN_OBJECT', `a manifest is a JSON object, not ${shown(parsed)}`);
}

/** API name of the document's format. Throws `MISSING_VERSION` or `UNKNOWN_VERSION`. */
export function versionOf(document: JsonObject): ManifestVersion {
  const { manifestVersion, specificationVersion } = document;
  if (manifestVersion === undefined && specificationVersion === undefined) {
    throw new ManifestError(
      'MISSING_VERSION',
      'the document has neither manifestVersion nor specificationVersion',
    );
  }
  if (manifestVersion === undefined) {
    kindOf(document);
    return 'v2025-12';
  }
  return MANIFEST_VERSIONS.get(manifestVersion) ?? unknown('manifestVersion', manifestVersion);
}

/** Kind of a 2025-12 document: a relative snapshot where it does not say. Throws `UNKNOWN_VERSION`. */
export function kindOf({ specificationVersion }: JsonObject): SpecificationKind {
  if (specificationVersion === undefined) return { pathStyle: 'relative', type: 'snapshot' };
  return (
    SPECIFICATION_KINDS.get(specificationVersion) ?? unknown('specificationVersion', specificationVersion)
  );
}

function unknown(member: string, value: unknown): never {
  throw new ManifestError('UNKNOWN_VERSION', `${member}: ${shown(value)} is not a known version`);
}
