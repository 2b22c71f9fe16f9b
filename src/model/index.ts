/** `rx-attachments/model`: manifests, paths, patterns and statistics. Pure: no I/O, no clock, no Node modules. */

export {
  ASSET_GROUPING_DEFAULTS,
  AssetGrouping,
  type AssetGroupingOptions,
  type AssetPaths,
  type AssetRootGroup,
  type AssetUploadGroup,
  groupAssetPaths,
  type InputFacts,
  type PathKind,
} from './asset-groups.js';
export {
  type AssetReferences,
  assetReferencesDocument,
  hasReferences,
  mergeAssetReferences,
  NO_REFERENCES,
  type ReadAssetReferencesOptions,
  readAssetReferences,
} from './asset-references.js';
export { checkAttachmentLimits } from './attachment-limits.js';
export {
  ATTACHMENT_LIMITS,
  type Attachments,
  attachmentsJson,
  checkFileSystemMode,
  DEFAULT_FILE_SYSTEM_MODE,
  type FileSystemMode,
  type ManifestProperties,
  manifestPropertiesJson,
  readAttachments,
  readManifestProperties,
} from './attachments.js';
export { BundleError, type BundleErrorSubject } from './bundle-error.js';
export {
  type BundleFile,
  type BundleFileName,
  type BundleFileType,
  checkInsideBundle,
  chooseBundleFile,
  notABundle,
  type ParseYaml,
  parseBundleFile,
  type ResolvedEntry,
  withJobName,
} from './bundle-files.js';
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
export {
  type CreateJobInput,
  type CreateJobRequest,
  createJobRequest,
  JOB_DEFAULTS,
  type JobParameterText,
  type JobParameterValue,
  type JobSettings,
} from './create-job-request.js';
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
export { type DocumentObject, type DocumentValue, FloatNumber, floatNumber } from './document-value.js';
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
export { checkPathV2023, encodeV2023Stream, v2023Pieces } from './encode-v2023.js';
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
export { gatherKnownPaths, type KnownPathSources } from './gather-known-paths.js';
export { type GlobConfig, parseGlobConfig, type ReadConfigFile } from './glob-config.js';
export { escapeGlob, GLOB_FILTER_DEFAULTS, GlobFilter, type GlobFilterOptions } from './glob-filter.js';
export { GlobPattern, type GlobPositions, type GlobRules, InvalidGlobPatternError } from './glob-pattern.js';
export {
  attachmentsOf,
  type InputManifest,
  inputManifestPathOf,
  manifestPropertiesOf,
} from './group-attachments.js';
export type { Xxh128, Xxh128Stream } from './hasher.js';
export { hostPathParts, isAbsoluteHostPath, type SplitPath, splitHostPath } from './host-path.js';
export { lexicalHostPath, normalizeHostPath, normalizeHostPaths } from './host-path-normal.js';
export { commonRoot, compareHostPaths, hostPathKey, isWithin, sortedHostPaths } from './host-path-order.js';
export { type IncludeFilter, includeFilter } from './include-filter.js';
export {
  INPUT_DIRECTORIES_DEFAULTS,
  InputDirectories,
  type InputDirectoriesOptions,
  type InputDirectoryState,
} from './input-directories.js';
export { type JobParameter, PARAMETER_TYPES, type ParameterType } from './job-parameter.js';
export { joinManifest, joinPath } from './join.js';
export { jsonDocumentText, parseJsonDocument } from './json-document.js';
export { KnownPaths, type KnownPathsOptions, reduceKnownPaths } from './known-paths.js';
export { errnoOf, type LocalIoSide, type LocalIoSubject, localIoError, localIoReason } from './local-io.js';
export { type LocalLocation, LocationIndex, type LocationOfPath, type RealPath } from './location-index.js';
export { extendedPath, LONG_PATH_LENGTH, longPath } from './long-path.js';
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
export { type QueueEnvironment, queueParameters } from './merge-parameters.js';
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
  mergeParameterValues,
  type ParameterArgument,
  parameterObject,
  readParameterArgument,
} from './parameter-arguments.js';
export {
  PART_LIMITS,
  PART_PLAN_DEFAULTS,
  type PartPlan,
  type PartPlanOptions,
  planParts,
} from './part-plan.js';
export { partitionManifest, type RootedManifest } from './partition.js';
export { ManifestPathGroup } from './path-groups.js';
export { PathMapper, type ResolvedPaths, resolveManifestPaths } from './path-mapper.js';
export {
  longestFirst,
  OPENJD_PATH_MAPPING_VERSION,
  type OpenJdPathMapping,
  openJdPathMapping,
  type PathMappingRule,
  type PathMappingRuleJson,
  readPathFormat,
  readPathMappingRules,
  ruleToJson,
} from './path-mapping-rule.js';
export {
  checkContained,
  type HostPaths,
  isAbsolutePath,
  isBelow,
  normalizePath,
  parentPath,
  parentPaths,
} from './paths.js';
export { type BundleDocuments, type BundlePlan, type PlanBundleOptions, planBundle } from './plan-bundle.js';
export { type ProgressAmounts, percentText, progressMessage, progressPercent } from './progress-text.js';
export { parseTextDict, pythonDict, pythonString } from './python-literal.js';
export {
  convertRelative,
  fromPosix,
  joinManifestPath,
  relativeHostPath,
  toPosix,
} from './relative-host-path.js';
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
export {
  localRootOf,
  type NamedRootFallback,
  SESSION_ROOTS_DEFAULTS,
  type SessionRoot,
  type SessionRootsOptions,
  sessionMappingRules,
} from './session-roots.js';
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
  type FileSystemLocation,
  type LocationType,
  locationPath,
  type OsFamily,
  readStorageProfile,
  rulesBetweenProfiles,
  type StorageProfile,
} from './storage-profile.js';
export { type MisconfiguredInputs, MisconfiguredInputsError } from './submission-errors.js';
export {
  classifySubmitPaths,
  decideSubmit,
  REFUSED_BY_SETTING,
  REFUSED_BY_USER,
  SHOWN_LINES,
  type SubmitDecision,
  type SubmitPaths,
  type SubmitPathsOptions,
  submitPathsText,
} from './submit-confirmation.js';
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
export {
  readWorkerProperties,
  WorkerManifestProperties,
  type WorkerManifestPropertiesJson,
  workerPropertiesText,
} from './worker-manifest-properties.js';
