/** `rx-attachments/stages`: sources, stages and sinks of both directions, to be composed with `rx-attachments/pipeline`. */

export { GROUP_SOURCES_DEFAULTS, type GroupSources, groupId } from '../sinks/group-id.js';
export {
  type GroupedManifestsOptions,
  type GroupedManifestsResult,
  groupedManifestsSink,
} from '../sinks/grouped-manifests-sink.js';
export { fileEntry, ManifestBuilder, type ManifestShape, pathEntry } from '../sinks/manifest-entries.js';
export {
  countFile,
  MANIFEST_SINK_DEFAULTS,
  type ManifestResult,
  manifestSink,
} from '../sinks/manifest-sink.js';
export {
  PLACE_FILES_DEFAULTS,
  type PlacedResult,
  type PlaceFilesOptions,
  placeFiles,
} from '../sinks/place-files.js';
export { statsSink } from '../sinks/stats-sink.js';
export {
  type EncodedManifest,
  type ManifestRoot,
  STORED_MANIFEST_DEFAULTS,
  type StoredManifestOptions,
  type StoredManifestResult,
  storedManifestSink,
} from '../sinks/stored-manifest-sink.js';
export {
  SHARING_DEFAULTS,
  type Sharing,
  type SharingCalls,
  sharingFor,
  TargetPermissions,
} from '../sinks/target-permissions.js';
export { parentOf, TargetTree } from '../sinks/target-tree.js';
export { givenFiles, PathOutsideRootError } from '../sources/given-files.js';
export { listedPaths } from '../sources/listed-paths.js';
export {
  MANIFEST_ENTRIES_DEFAULTS,
  type ManifestEntriesOptions,
  manifestEntries,
} from '../sources/manifest-entries.js';
export {
  MANIFEST_FILES_DEFAULTS,
  type ManifestFilesOptions,
  manifestFiles,
} from '../sources/manifest-files.js';
export { type OpenRoot, openRoot } from '../sources/open-root.js';
export { type StatMany, statMany } from '../sources/stat-batch.js';
export {
  type FileStat,
  STAT_CACHE_DEFAULTS,
  StatCache,
  type StatCacheOptions,
} from '../sources/stat-cache.js';
export { WALK_DEFAULTS, type WalkFilter, type WalkOptions, walkTree } from '../sources/walk-tree.js';
export { CACHE_LOOKUP_DEFAULTS, type CacheLookupOptions, cacheLookup } from './cache-lookup.js';
export { confirmFiles } from './confirm-files.js';
export {
  EXISTENCE_CHECK_DEFAULTS,
  type Existence,
  type ExistenceCheckOptions,
  existenceCheck,
  type HeadMany,
  type HeadObject,
  type ListedPage,
  type ListObjects,
  type PresenceCache,
  StaleCacheError,
  UnverifiedCacheError,
} from './existence-check.js';
export {
  FETCH_DEFAULTS,
  type FetchCall,
  type FetchOptions,
  fetchObjects,
  hashMismatch,
  type ObjectReader,
} from './fetch.js';
export { filterPaths, type PathFilter } from './filter-paths.js';
export { HASH_FILES_DEFAULTS, type HashFilesOptions, hashFiles } from './hash-files.js';
export {
  changedSinceBaseOp,
  compareFilesOp,
  compareManifestsOp,
  composeManifestsOp,
  convertManifestOp,
  diffManifestsOp,
  diffSnapshotsOp,
  filterManifestOp,
  joinManifestOp,
  mergeChronologicallyOp,
  mergeManifestsOp,
  partitionManifestOp,
  pathGroupOp,
  subtreeManifestOp,
} from './manifest-operators.js';
export type { RangeTerms } from './pinned-object.js';
export { RecentChecks } from './recent-checks.js';
export {
  type Occupant,
  RESOLVE_CONFLICTS_DEFAULTS,
  type ResolveConflictsOptions,
  resolveConflicts,
} from './resolve-conflicts.js';
export { SPLIT_OBJECTS_DEFAULTS, type SplitObjectsOptions, splitObjects } from './split-objects.js';
export { SPLIT_RANGES_DEFAULTS, type SplitRangesOptions, splitRanges } from './split-ranges.js';
export {
  type PutCall,
  type PutObject,
  TRANSFER_DEFAULTS,
  type TransferOptions,
  transfer,
} from './transfer.js';
