/** User metadata of manifest objects (spec/storage.md 1.5). Names are without `x-amz-meta-`. */
import { jsonString } from './canonical-json.js';
import { decodeEncodedWords } from './encoded-words.js';
import { StorageError } from './errors.js';
import { quoted } from './quoted.js';

/** Ends the name of the file in which a directory store keeps the metadata of an object; it lies beside the object's own. */
export const SIDECAR_SUFFIX = '.metadata.json';

const ASSET_ROOT = 'asset-root';
const ASSET_ROOT_JSON = 'asset-root-json';
const LOCATION_NAME = 'file-system-location-name';

/** What a header can carry. */
const HEADER_TEXT = /^[\t\x20-\x7e]*$/;
/** What a header carries but may not keep. */
const AT_RISK = /^\s|\s$|\t/;

/**
 * Metadata of a manifest whose root is `root`. A root that a header cannot carry is written
 * as its JSON text. Throws `InvalidConfig` for a location name that is not ASCII.
 */
export function encodeManifestMetadata(root: string, locationName?: string): Record<string, string> {
  const json = jsonString(root);
  const isText = HEADER_TEXT.test(root);
  return {
    [ASSET_ROOT]: isText ? root : json,
    ...((!isText || AT_RISK.test(root)) && { [ASSET_ROOT_JSON]: json }),
    ...(locationName !== undefined &&
      locationName !== '' && { [LOCATION_NAME]: checkLocationName(locationName) }),
  };
}

function checkLocationName(name: string): string {
  if (HEADER_TEXT.test(name)) return name;
  throw new StorageError(
    'InvalidConfig',
    `the file system location name ${quoted(name)} must be printable ASCII: it travels in a header`,
  );
}

/** The root of a stored manifest, with a warning where its metadata was broken. */
export interface DecodedAssetRoot {
  readonly assetRoot: string;
  readonly warning?: string;
}

/**
 * The asset root that the metadata of the object `key` names: `asset-root-json`, else
 * `asset-root` verbatim. Throws `MissingAssetRoot` where neither says anything.
 */
export function decodeAssetRoot(metadata: Readonly<Record<string, string>>, key: string): DecodedAssetRoot {
  const values = decodedValues(metadata);
  const json = values.get(ASSET_ROOT_JSON);
  const parsed = json === undefined ? undefined : parseString(json);
  const assetRoot = parsed ?? values.get(ASSET_ROOT) ?? '';
  if (assetRoot === '') {
    const problem = `the manifest ${quoted(key)} does not say its asset root; its metadata is missing or empty`;
    throw new StorageError('MissingAssetRoot', problem, { key });
  }
  if (json === undefined || parsed !== undefined) return { assetRoot };
  const warning = `${ASSET_ROOT_JSON} of ${quoted(key)} is no JSON string; ${ASSET_ROOT} is used`;
  return { assetRoot, warning };
}

/** The location name that the metadata holds, to be shown only: some writers store other things in its place. */
export function decodeLocationName(metadata: Readonly<Record<string, string>>): string | undefined {
  return decodedValues(metadata).get(LOCATION_NAME) || undefined;
}

function decodedValues(metadata: Readonly<Record<string, string>>): Map<string, string> {
  return new Map(
    Object.entries(metadata).map(([name, value]) => [name.toLowerCase(), decodeEncodedWords(value)] as const),
  );
}

function parseString(json: string): string | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}
