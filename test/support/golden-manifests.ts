/** The manifests of the fixtures (fixtures/manifests/README.md, Format) as models, and back. */
import {
  DEFAULT_FILE_CHUNK_SIZE,
  type DirEntry,
  type FileEntry,
  type Manifest,
  type ManifestV2023,
  type ManifestV2025,
  type PathV2023,
} from '../../src/model/manifest.js';

/** A v2023 manifest of a fixture. */
export interface FixtureV2023 {
  readonly hashAlg?: string;
  readonly totalSize?: number;
  readonly paths: readonly PathV2023[];
}

/** A 2025 manifest of a fixture. */
export interface FixtureV2025 {
  readonly pathStyle?: 'relative' | 'absolute';
  readonly type: 'snapshot' | 'diff';
  readonly hashAlg: string;
  readonly totalSize: number;
  readonly dirs: readonly DirEntry[];
  readonly files: readonly FileEntry[];
  readonly fileChunkSizeBytes?: number;
  readonly parentManifestHash?: string;
}

/** The model; what the fixture leaves out is what its format has by default. */
export function manifestV2023(fixture: FixtureV2023): ManifestV2023 {
  const totalSize = fixture.totalSize ?? fixture.paths.reduce((sum, { size }) => sum + size, 0);
  const hashAlg = (fixture.hashAlg ?? 'xxh128') as 'xxh128';
  return { version: 'v2023-03-03', hashAlg, totalSize, paths: fixture.paths };
}

export function manifestV2025(version: ManifestV2025['version'], fixture: FixtureV2025): ManifestV2025 {
  return {
    pathStyle: 'relative',
    fileChunkSizeBytes: DEFAULT_FILE_CHUNK_SIZE,
    ...fixture,
    version,
    hashAlg: fixture.hashAlg as 'xxh128',
  };
}

/** `manifest` with the members that a fixture of its format has, for comparing with one. */
export function asFixture(manifest: Manifest): unknown {
  const { version: _version, ...rest } = manifest;
  if (manifest.version !== 'v2025-12-04-beta') return rest;
  const { fileChunkSizeBytes: _constant, ...members } = rest as ManifestV2025;
  return members;
}
