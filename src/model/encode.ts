/** Canonical bytes of manifests (spec/manifests.md sections 2, 3, 4 and 6). */
import { v2023Pieces } from './encode-v2023.js';
import { v2025Parts } from './encode-v2025.js';
import type { Manifest } from './manifest.js';
import { joinPieces, piecesOf } from './pieces.js';

/**
 * The bytes of `manifest`, pure ASCII without a newline at the end; the manifest's hash is
 * the XXH128 of exactly these. The manifest is checked as a decoder would check it and left
 * as it is. Throws a `ManifestError` (spec/manifests.md section 8).
 */
export function encodeManifest(manifest: Manifest): Uint8Array {
  return joinPieces(encodeManifestChunks(manifest));
}

/**
 * The bytes of {@link encodeManifest} in pieces of 64 KiB to 1 MiB (the last one may be
 * shorter), for manifests whose text is longer than a string can be. All checks are made
 * before this returns.
 */
export function encodeManifestChunks(manifest: Manifest): Iterable<Uint8Array> {
  return manifest.version === 'v2023-03-03' ? v2023Pieces(manifest) : piecesOf(v2025Parts(manifest));
}
