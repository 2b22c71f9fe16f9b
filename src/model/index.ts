/** `rx-attachments/model`: manifests, paths, patterns and statistics. Pure: no I/O, no clock, no Node modules. */

export { jsonString } from './canonical-json.js';
export type { CasObject, CasSource } from './cas-object.js';
export { changedSinceBase } from './changed-since-base.js';
export {
  COMPARE_FILES_DEFAULTS,
  type CompareFilesOptions,
  compareFiles,
  diffFiles,
  FAST_MTIME_TOLERANCE_US,
  FileComparison,
  type FoundFile,
  foundEntry,
} from './compare-files.js';
export { compareManifests, entriesByPath, FileStatus, type StatusEntry } from './compare-manifests.js';
export { type ComposeOptions, composeManifests } from './compose-manifests.js';
export type { ConflictResolution } from './conflict-resolution.js';
export { manifestContentType } from './content-type.js';
export { type Conversion, convertManifest, type DraftVersion } from './convert.js';
export { copyName, copyPath, MAX_COPIES, splitName } from './copy-name.js';
export { createDiffManifest } from './create-diff-manifest.js';
export { type DecodeOptions, decodeManifest, detectVersion } from './decode.js';
export {
  kindOf,
  SPECIFICATION_KINDS,
  type SpecificationKind,
  topLevelObject,
  versionOf,
} from './detect-version.js';
export {
  type DiffResult,
  type DirLists,
  diffManifests,
  groupStatuses,
  hasChanges,
  liveDirs,
  type PrintedDiff,
  printedDiff,
} from './diff-result.js';
export {
  DIFF_SNAPSHOTS_DEFAULTS,
  type DiffSnapshotsOptions,
  deepestFirst,
  diffSnapshots,
  refuseDeletions,
} from './diff-snapshots.js';
export {
  DOWNLOAD_PLAN_DEFAULTS,
  type DownloadContent,
  type DownloadDeletion,
  type DownloadDirectory,
  type DownloadItem,
  type DownloadLink,
  type DownloadPlan,
  type DownloadPlanOptions,
  type DownloadTarget,
  planDownload,
} from './download-plan.js';
export type { FetchedUnit, FetchUnit, Unfetched } from './download-unit.js';
export { encodeManifest, encodeManifestChunks } from './encode.js';
export { checkPathV2023, encodeV2023Stream, v2023Parts } from './encode-v2023.js';
export {
  AttachmentError,
  ManifestError,
  type ManifestErrorCode,
  StorageError,
  type StorageErrorKind,
  type StorageErrorSubject,
  ValidationError,
} from './errors.js';
export { floorMicroseconds, type HashedEntry, isRunnable, type TreeEntry } from './file-item.js';
export {
  type CheckedPermissions,
  checkPermissions,
  type FileSystemPermissionSettings,
  grantArguments,
  type PosixFileSystemPermissionSettings,
  type WindowsFileSystemPermissionSettings,
  type WindowsPermission,
} from './file-system-permissions.js';
export { type EntryPredicate, filterManifest } from './filter.js';
export { foldHash64 } from './fold-hash.js';
export { type GlobConfig, parseGlobConfig, type ReadConfigFile } from './glob-config.js';
export { escapeGlob, GLOB_FILTER_DEFAULTS, GlobFilter, type GlobFilterOptions } from './glob-filter.js';
export { GlobPattern, type GlobPositions, type GlobRules, InvalidGlobPatternError } from './glob-pattern.js';
export type { Xxh128, Xxh128Stream } from './hasher.js';
export { type IncludeFilter, includeFilter } from './include-filter.js';
export { joinManifest, joinPath } from './join.js';
export { errnoOf, type LocalIoSide, type LocalIoSubject, localIoError } from './local-io.js';
export {
  DEFAULT_FILE_CHUNK_SIZE,
  type DirEntry,
  type FileEntry,
  HASH_ALG,
  type HashAlg,
  type Manifest,
  type ManifestType,
  type ManifestV2023,
  type ManifestV2025,
  type ManifestVersion,
  type PathStyle,
  type PathV2023,
  type SymlinkPolicy,
  WHOLE_FILE,
} from './manifest.js';
export {
  type HexHash,
  inputManifestName,
  localManifestName,
  nameHash,
  outputManifestName,
  rootHash,
  sessionDirName,
} from './manifest-names.js';
export { mergeChronologically, mergeManifests, type TimedManifest } from './merge-manifests.js';
export { type DecodedAssetRoot, decodeAssetRoot, encodeManifestMetadata } from './metadata.js';
export { compareCodePoints, compareUtf16 } from './order.js';
export {
  type OutputLocation,
  type OutputScope,
  outputListPrefix,
  outputManifestFolder,
  outputManifestKey,
  outputManifestPartialKey,
  type SessionAction,
  sessionActionFolder,
} from './output-keys.js';
export { isAbsoluteOn, type JobRoot, rootOfOutput } from './output-roots.js';
export {
  compareOutputs,
  type ListedObject,
  type OutputManifest,
  OutputSelection,
  type SelectBy,
} from './output-selection.js';
export {
  PART_LIMITS,
  PART_PLAN_DEFAULTS,
  type PartPlan,
  type PartPlanOptions,
  planParts,
} from './part-plan.js';
export { partitionManifest, type RootedManifest } from './partition.js';
export { ManifestPathGroup } from './path-groups.js';
export {
  checkContained,
  type HostPaths,
  isAbsolutePath,
  isBelow,
  normalizePath,
  parentPath,
  parentPaths,
} from './paths.js';
export { type ProgressAmounts, percentText, progressMessage, progressPercent } from './progress-text.js';
export { parseTextDict, pythonDict, pythonString } from './python-literal.js';
export {
  filterGroups,
  groupOutputs,
  mergeInOrder,
  pathsByRoot,
  type RootedOutput,
  type RootGroup,
  setRootPath,
} from './root-groups.js';
export { normalizeRoot } from './root-path.js';
export {
  CAS_PREFIX,
  casFolder,
  casKey,
  checkCacheKey,
  checkLocation,
  inputManifestPartialKey,
  legacyCasKey,
  MANIFEST_PREFIX,
  type ManifestLocation,
  manifestKey,
  parseS3Path,
  parseS3Uri,
  type S3Location,
  s3Path,
  s3Uri,
} from './s3-location.js';
export { isOutputOfSessionAction, isSessionActionId, sessionActionIdOf } from './session-action.js';
export { sizeText } from './size-text.js';
export {
  type DownloadSummaryStatistics,
  downloadStatistics,
  type FailedItem,
  type ProgressStatus,
  type StatisticsInput,
  type SummaryStatistics,
  sumDownloadStatistics,
  summaryStatistics,
  sumStatistics,
  type TransferCounts,
  type TransferStatus,
} from './statistics.js';
export {
  checkedDirectory,
  checkPolicy,
  DEFAULT_SUBTREE_POLICY,
  type Rebasing,
  rebase,
  type SubtreeOptions,
  subtreeManifest,
} from './subtree.js';
export { type SummaryCounts, summaryText } from './summary-text.js';
export { type LocalTime, localTimeText, timestampText } from './timestamps.js';
export { type DroppedEntries, type ToV2023, toV2023 } from './to-v2023.js';
export { type ProgressReport, ProgressTracker, TRACKER_DEFAULTS, type TrackerOptions } from './tracker.js';
export type {
  CheckedUnit,
  Presence,
  SettledUnit,
  TransferTally,
  UploadUnit,
} from './upload-unit.js';
export { utf8 } from './utf8.js';
