/** Manifests from stored bytes or text (spec/manifests.md section 8). */
import { decodeV2023 } from './decode-v2023.js';
import { decodeV2025 } from './decode-v2025.js';
import { topLevelObject, versionOf } from './detect-version.js';
import { ManifestError } from './errors.js';
import type { Manifest, ManifestVersion } from './manifest.js';

export interface DecodeOptions {
  /** Versions that the caller can use; any other is `UNKNOWN_VERSION`. Absent: all. */
  readonly expect?: readonly ManifestVersion[];
  /** Whether a v2023 document without entries is accepted. Default: false, as in the Python library. */
  readonly allowEmptyPaths?: boolean;
}

/**
 * The manifest in `source`. Paths of the 2025 formats come expanded and normalised, those
 * of v2023 as they are: `checkContained` judges them before a disk is touched. Throws a
 * `ManifestError` for the first problem found, and nothing else.
 */
export function decodeManifest(source: string | Uint8Array, options: DecodeOptions = {}): Manifest {
  const document = topLevelObject(parse(source));
  const version = versionOf(document);
  if (options.expect !== undefined && !options.expect.includes(version)) {
    const wanted = options.expect.join(', ');
    throw new ManifestError('UNKNOWN_VERSION', `the manifest is ${version}, only ${wanted} can be used here`);
  }
  if (version === 'v2023-03-03') return decodeV2023(document, options.allowEmptyPaths ?? false);
  return decodeV2025(document, version);
}

/** API name of the format of `source`; nothing else of it is checked. Throws a `ManifestError`. */
export function detectVersion(source: string | Uint8Array): ManifestVersion {
  return versionOf(topLevelObject(parse(source)));
}

function parse(source: string | Uint8Array): unknown {
  const text = typeof source === 'string' ? source : decodeText(source);
  try {
    return JSON.parse(text);
  } catch (cause) {
    // The parser's message may quote the document.
    throw new ManifestError('INVALID_JSON', `the manifest of ${text.length} characters is not JSON`, {
      cause,
    });
  }
}

/** UTF-16 units that a string of V8 can have. */
const MAX_STRING_LENGTH = 536_870_888;

function decodeText(bytes: Uint8Array): string {
  try {
    // A byte order mark stays, so that it fails as JSON.
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    if (bytes.length <= MAX_STRING_LENGTH) {
      throw new ManifestError('INVALID_ENCODING', 'the manifest is not UTF-8', { cause });
    }
    const problem = `the manifest of ${bytes.length} bytes is too large to be read as one text`;
    throw new ManifestError('INVALID_JSON', problem, { cause });
  }
}
