/**
 * What operations on several manifests ask of their inputs, and the total that every one
 * of them recomputes (spec/manifests.md sections 8 and 10). Knows no operation.
 */
import { AttachmentError, ManifestError, type ManifestErrorCode } from './errors.js';
import type { FileEntry, Manifest, ManifestType, ManifestV2023, ManifestV2025 } from './manifest.js';

/** Throws `VERSION_MISMATCH` or `HASH_ALGORITHM_MISMATCH` unless both agree; `role` names the other one in the message. */
export function requireSameKind(first: Manifest, other: Manifest, role?: string): void {
  requireSame('VERSION_MISMATCH', 'version', first.version, other.version, role);
  requireSame('HASH_ALGORITHM_MISMATCH', 'hash algorithm', first.hashAlg, other.hashAlg, role);
}

/** {@link requireSameKind}, then `PATH_STYLE` and `CHUNK_SIZE_MISMATCH`: what 2025 manifests must share. */
export function requireSameForm(first: ManifestV2025, other: ManifestV2025, role?: string): void {
  requireSameKind(first, other, role);
  requireSame('PATH_STYLE', 'path style', first.pathStyle, other.pathStyle, role);
  const [chunkSize, otherSize] = [first.fileChunkSizeBytes, other.fileChunkSizeBytes];
  requireSame('CHUNK_SIZE_MISMATCH', 'chunk size', chunkSize, otherSize, role);
}

function requireSame(
  code: ManifestErrorCode,
  what: string,
  first: unknown,
  other: unknown,
  role: string | undefined,
): void {
  if (first === other) return;
  const found = `${String(first)} and ${String(other)}${role === undefined ? '' : ` of ${role}`}`;
  throw new ManifestError(code, `manifests of one ${what} are needed, not ${found}`);
}

/** Throws `MANIFEST_TYPE` unless `manifest` is of `type`; `role` names it in the message. */
export function requireType(manifest: ManifestV2025, type: ManifestType, role: string): void {
  if (manifest.type === type) return;
  throw new ManifestError('MANIFEST_TYPE', `${role} must be a ${type}, not a ${manifest.type}`);
}

/** Throws `VERSION_MISMATCH` for a manifest that got past the type checker; `instead` says what to use. */
export function requireV2023(manifest: Manifest, instead: string): asserts manifest is ManifestV2023 {
  if (manifest.version === 'v2023-03-03') return;
  throw new ManifestError(
    'VERSION_MISMATCH',
    `only v2023-03-03 is possible here, not ${manifest.version}; ${instead}`,
  );
}

/** Throws `VERSION_MISMATCH` for a v2023 manifest that got past the type checker. */
export function requireV2025(manifest: Manifest): asserts manifest is ManifestV2025 {
  if (manifest.version !== 'v2023-03-03') return;
  throw new ManifestError('VERSION_MISMATCH', 'a 2025 manifest is needed; convert v2023-03-03 first');
}

/** Sum of the sizes of live entries that are not links, in bytes. Throws `UNSAFE_INTEGER` above 2^53 - 1. */
export function totalOf(files: Iterable<FileEntry>): number {
  let total = 0;
  for (const file of files) {
    if (file.deleted !== true && file.symlinkTarget === undefined) total += file.size ?? 0;
  }
  if (Number.isSafeInteger(total)) return total;
  throw new ManifestError('UNSAFE_INTEGER', 'the sum of all sizes is above 2^53 - 1 bytes');
}

/** A number of microseconds that may differ; anything below 0 or not a number is `InvalidConfig`. */
export function checkedTolerance(option: string, value: number): number {
  if (value >= 0) return value;
  throw new AttachmentError(
    'InvalidConfig',
    `${option} must be a number of microseconds, at least 0, not ${value}`,
  );
}
