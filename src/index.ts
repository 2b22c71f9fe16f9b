/** rx-attachments: every public name. Importing it runs nothing. */

export type { OpenUpload, UploadListener } from './backends/abort-upload.js';
export { type LinkSpeed, type SlowClient, withBandwidth } from './backends/bandwidth.js';
export {
  bindCas,
  CAS_DEFAULTS,
  type CasInfo,
  type CasOptions,
  type CasPutOptions,
  type CasRangeOptions,
  type CasStore,
} from './backends/bind-cas.js';
export {
  DIRECTORY_STORE_DEFAULTS,
  type DirectoryStoreOptions,
  openDirectoryStore,
} from './backends/directory.js';
export {
  ForwardingClient,
  type Listed,
  type OpenListing,
  type StoreCall,
  type StoreMethod,
} from './backends/forwarding.js';
export { type CallClass, type CallLimits, callClassOf, withLimits } from './backends/limit.js';
export { makeDirectories } from './backends/make-directories.js';
export { MemoryClient, type MemoryClientOptions } from './backends/memory.js';
export { type MeteredClient, type MethodCounts, withMetering } from './backends/metering.js';
export { type RetryPolicy, withRetries } from './backends/retry.js';
export { FALLBACK_REGION } from './backends/s3/settings.js';
export { isAwsHost } from './backends/s3/targets.js';
export type {
  CallOptions,
  HeadResult,
  MultipartInfo,
  ObjectInfo,
  Part,
  PutOptions,
  PutOutcome,
  RangeOptions,
  StorageClient,
  WholeObject,
} from './backends/storage-client.js';
export {
  SWEEP_DEFAULTS,
  type SweepOptions,
  type SweptOrphans,
  sweepOrphans,
} from './backends/sweep-orphans.js';
export {
  checkedSettings,
  Moved,
  PROGRESS_RESTARTS_BYTES,
  RETRY_DEFAULTS,
  type RetrySettings,
  Tries,
} from './backends/tries.js';
export { readWholeFile } from './backends/whole-file.js';
export {
  type CacheFileInfo,
  cacheInfo,
  checkCacheFile,
  clearCaches,
  defaultCacheDir,
  hashCacheFile,
} from './caches/cache-files.js';
export { SQLITE_CACHE_DEFAULTS, type SqliteCacheOptions, threadClient } from './caches/cache-options.js';
export { type MemoryCheckCacheOptions, memoryCheckCache } from './caches/memory-check-cache.js';
export { memoryHashCache } from './caches/memory-hash-cache.js';
export type { CheckCache, HashCache, HashQuery, HashRecord } from './caches/ports.js';
export { openCheckCache, type SqliteCheckCacheOptions } from './caches/sqlite-check-cache.js';
export { openHashCache } from './caches/sqlite-hash-cache.js';
export { createDeadlineApi, type DeadlineApiOptions } from './deadline/aws-deadline.js';
export type {
  AssumeQueueRoleInput,
  CreateJobCall,
  Credentials as QueueRoleCredentials,
  DeadlineApi,
  DeadlineCall,
  Job as DeadlineJob,
  JobAttachmentSettings,
  JobId,
  JobSummary,
  Queue as DeadlineQueue,
  QueueEnvironmentView,
  QueueId,
  SearchJobsInput,
  Session as DeadlineSession,
  SessionAction as DeadlineSessionAction,
  StatusName,
  Step as DeadlineStep,
  StepDependency,
  StepId,
  StorageProfileView,
  Task as DeadlineTask,
  TaskId,
} from './deadline/deadline-api.js';
export { AttachmentSettingsError, type DeadlineFailure, DeadlineServiceError } from './deadline/errors.js';
export { attachmentSettingsOf, queueRoleCredentials } from './deadline/queue-role.js';
export { createHashPool, type HashPoolOptions, hashPoolDefaults } from './hashing/pool.js';
export {
  type HashCallOptions,
  type HashedFile,
  type HashOutcome,
  type HashPool,
  type HashRequest,
  STAT_STRIDE,
  type StatBatch,
  type WriteOutcome,
  type WriteRequest,
} from './hashing/ports.js';
export {
  createXxh128,
  HASH_VARIABLE,
  type HashImplementation,
  hasher,
  hashImplementation,
  xxh128,
} from './hashing/xxh128.js';
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
} from './model/asset-groups.js';
export {
  type AssetReferences,
  assetReferencesDocument,
  hasReferences,
  mergeAssetReferences,
  NO_REFERENCES,
  type ReadAssetReferencesOptions,
  readAssetReferences,
} from './model/asset-references.js';
export { checkAttachmentLimits } from './model/attachment-limits.js';
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
} from './model/attachments.js';
export { BundleError, type BundleErrorSubject } from './model/bundle-error.js';
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
} from './model/bundle-files.js';
export { jsonString } from './model/canonical-json.js';
export type { CasObject, CasSource } from './model/cas-object.js';
export { changedSinceBase } from './model/changed-since-base.js';
export {
  COMPARE_FILES_DEFAULTS,
  type CompareFilesOptions,
  compareFiles,
  diffFiles,
  FAST_MTIME_TOLERANCE_US,
  FileComparison,
  type FoundFile,
  foundEntry,
} from './model/compare-files.js';
export { compareManifests, entriesByPath, FileStatus, type StatusEntry } from './model/compare-manifests.js';
export { type ComposeOptions, composeManifests } from './model/compose-manifests.js';
export type { ConflictResolution } from './model/conflict-resolution.js';
export { manifestContentType } from './model/content-type.js';
export { type Conversion, convertManifest, type DraftVersion } from './model/convert.js';
export { copyName, copyPath, MAX_COPIES, splitName } from './model/copy-name.js';
export { createDiffManifest } from './model/create-diff-manifest.js';
export {
  type CreateJobInput,
  type CreateJobRequest,
  createJobRequest,
  JOB_DEFAULTS,
  type JobParameterText,
  type JobParameterValue,
  type JobSettings,
} from './model/create-job-request.js';
export { type DecodeOptions, decodeManifest, detectVersion } from './model/decode.js';
export {
  kindOf,
  SPECIFICATION_KINDS,
  type SpecificationKind,
  topLevelObject,
  versionOf,
} from './model/detect-version.js';
export {
  type DiffResult,
  type DirLists,
  diffManifests,
  groupStatuses,
  hasChanges,
  liveDirs,
  type PrintedDiff,
  printedDiff,
} from './model/diff-result.js';
export {
  DIFF_SNAPSHOTS_DEFAULTS,
  type DiffSnapshotsOptions,
  deepestFirst,
  diffSnapshots,
  refuseDeletions,
} from './model/diff-snapshots.js';
export { type DocumentObject, type DocumentValue, FloatNumber, floatNumber } from './model/document-value.js';
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
} from './model/download-plan.js';
export type { FetchedUnit, FetchUnit, Unfetched } from './model/download-unit.js';
export { encodeManifest, encodeManifestChunks } from './model/encode.js';
export { checkPathV2023, encodeV2023Stream, v2023Pieces } from './model/encode-v2023.js';
export {
  AttachmentError,
  ManifestError,
  type ManifestErrorCode,
  StorageError,
  type StorageErrorKind,
  type StorageErrorSubject,
  ValidationError,
} from './model/errors.js';
export { floorMicroseconds, type HashedEntry, isRunnable, type TreeEntry } from './model/file-item.js';
export {
  type CheckedPermissions,
  checkPermissions,
  type FileSystemPermissionSettings,
  grantArguments,
  type PosixFileSystemPermissionSettings,
  type WindowsFileSystemPermissionSettings,
  type WindowsPermission,
} from './model/file-system-permissions.js';
export { type EntryPredicate, filterManifest } from './model/filter.js';
export { foldHash64 } from './model/fold-hash.js';
export { gatherKnownPaths, type KnownPathSources } from './model/gather-known-paths.js';
export { type GlobConfig, parseGlobConfig, type ReadConfigFile } from './model/glob-config.js';
export { escapeGlob, GLOB_FILTER_DEFAULTS, GlobFilter, type GlobFilterOptions } from './model/glob-filter.js';
export {
  GlobPattern,
  type GlobPositions,
  type GlobRules,
  InvalidGlobPatternError,
} from './model/glob-pattern.js';
export {
  attachmentsOf,
  type InputManifest,
  inputManifestPathOf,
  manifestPropertiesOf,
} from './model/group-attachments.js';
export type { Xxh128, Xxh128Stream } from './model/hasher.js';
export { hostPathParts, isAbsoluteHostPath, type SplitPath, splitHostPath } from './model/host-path.js';
export { lexicalHostPath, normalizeHostPath, normalizeHostPaths } from './model/host-path-normal.js';
export {
  commonRoot,
  compareHostPaths,
  hostPathKey,
  isWithin,
  sortedHostPaths,
} from './model/host-path-order.js';
export { type IncludeFilter, includeFilter } from './model/include-filter.js';
export {
  INPUT_DIRECTORIES_DEFAULTS,
  InputDirectories,
  type InputDirectoriesOptions,
  type InputDirectoryState,
} from './model/input-directories.js';
export { type JobParameter, PARAMETER_TYPES, type ParameterType } from './model/job-parameter.js';
export { joinManifest, joinPath } from './model/join.js';
export { jsonDocumentText, parseJsonDocument } from './model/json-document.js';
export { KnownPaths, type KnownPathsOptions, reduceKnownPaths } from './model/known-paths.js';
export {
  errnoOf,
  type LocalIoSide,
  type LocalIoSubject,
  localIoError,
  localIoReason,
} from './model/local-io.js';
export {
  type LocalLocation,
  LocationIndex,
  type LocationOfPath,
  type RealPath,
} from './model/location-index.js';
export { extendedPath, LONG_PATH_LENGTH, longPath } from './model/long-path.js';
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
} from './model/manifest.js';
export {
  type HexHash,
  inputManifestName,
  localManifestName,
  nameHash,
  outputManifestName,
  rootHash,
  sessionDirName,
} from './model/manifest-names.js';
export { mergeChronologically, mergeManifests, type TimedManifest } from './model/merge-manifests.js';
export { type QueueEnvironment, queueParameters } from './model/merge-parameters.js';
export { type DecodedAssetRoot, decodeAssetRoot, encodeManifestMetadata } from './model/metadata.js';
export { compareCodePoints, compareUtf16 } from './model/order.js';
export {
  type OutputLocation,
  type OutputScope,
  outputListPrefix,
  outputManifestFolder,
  outputManifestKey,
  outputManifestPartialKey,
  type SessionAction,
  sessionActionFolder,
} from './model/output-keys.js';
export { isAbsoluteOn, type JobRoot, rootOfOutput } from './model/output-roots.js';
export {
  compareOutputs,
  type ListedObject,
  type OutputManifest,
  OutputSelection,
  type SelectBy,
} from './model/output-selection.js';
export {
  mergeParameterValues,
  type ParameterArgument,
  parameterObject,
  readParameterArgument,
} from './model/parameter-arguments.js';
export {
  PART_LIMITS,
  PART_PLAN_DEFAULTS,
  type PartPlan,
  type PartPlanOptions,
  planParts,
} from './model/part-plan.js';
export { partitionManifest, type RootedManifest } from './model/partition.js';
export { ManifestPathGroup } from './model/path-groups.js';
export { PathMapper, type ResolvedPaths, resolveManifestPaths } from './model/path-mapper.js';
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
} from './model/path-mapping-rule.js';
export {
  checkContained,
  type HostPaths,
  isAbsolutePath,
  isBelow,
  normalizePath,
  parentPath,
  parentPaths,
} from './model/paths.js';
export {
  type BundleDocuments,
  type BundlePlan,
  type PlanBundleOptions,
  planBundle,
} from './model/plan-bundle.js';
export {
  type ProgressAmounts,
  percentText,
  progressMessage,
  progressPercent,
} from './model/progress-text.js';
export { parseTextDict, pythonDict, pythonString } from './model/python-literal.js';
export { redactAddresses, redactForeign, redactStack } from './model/redact.js';
export {
  convertRelative,
  fromPosix,
  joinManifestPath,
  relativeHostPath,
  toPosix,
} from './model/relative-host-path.js';
export {
  addRequests,
  NO_REQUESTS,
  type RequestCounts,
  type RequestKind,
  requestCostUsd,
  S3_REQUEST_NANO_USD,
  uploadRequests,
} from './model/request-cost.js';
export {
  filterGroups,
  groupOutputs,
  mergeInOrder,
  pathsByRoot,
  type RootedOutput,
  type RootGroup,
  setRootPath,
} from './model/root-groups.js';
export { normalizeRoot } from './model/root-path.js';
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
} from './model/s3-location.js';
export { isOutputOfSessionAction, isSessionActionId, sessionActionIdOf } from './model/session-action.js';
export {
  localRootOf,
  type NamedRootFallback,
  SESSION_ROOTS_DEFAULTS,
  type SessionRoot,
  type SessionRootsOptions,
  sessionMappingRules,
} from './model/session-roots.js';
export { sizeText } from './model/size-text.js';
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
} from './model/statistics.js';
export {
  type FileSystemLocation,
  type LocationType,
  locationPath,
  type OsFamily,
  readStorageProfile,
  rulesBetweenProfiles,
  type StorageProfile,
} from './model/storage-profile.js';
export { type MisconfiguredInputs, MisconfiguredInputsError } from './model/submission-errors.js';
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
} from './model/submit-confirmation.js';
export {
  checkedDirectory,
  checkPolicy,
  DEFAULT_SUBTREE_POLICY,
  type Rebasing,
  rebase,
  type SubtreeOptions,
  subtreeManifest,
} from './model/subtree.js';
export { type SummaryCounts, summaryText } from './model/summary-text.js';
export { type LocalTime, localTimeText, timestampText } from './model/timestamps.js';
export { type DroppedEntries, type ToV2023, toV2023 } from './model/to-v2023.js';
export {
  type ProgressReport,
  ProgressTracker,
  TRACKER_DEFAULTS,
  type TrackerOptions,
} from './model/tracker.js';
export type { CheckedUnit, Presence, SettledUnit, TransferTally, UploadUnit } from './model/upload-unit.js';
export { utf8 } from './model/utf8.js';
export {
  readWorkerProperties,
  WorkerManifestProperties,
  type WorkerManifestPropertiesJson,
  workerPropertiesText,
} from './model/worker-manifest-properties.js';
export { admit } from './pipeline/admit.js';
export { type BatchOptions, batchLeased, type Outcome } from './pipeline/batch-leased.js';
export { branch } from './pipeline/branch.js';
export { createBudget, joinLeases, OwnedBudget } from './pipeline/budget.js';
export { systemClock } from './pipeline/clock.js';
export {
  byteBudgets,
  createContext,
  LIMIT_DEFAULTS,
  type Limits,
  type OwnedContext,
  type RunOptions,
} from './pipeline/context.js';
export { type DrainOptions, drain } from './pipeline/drain.js';
export { CancelledError, CollectedError, OptionError, PipelineError } from './pipeline/errors.js';
export { expandLeased } from './pipeline/expand-leased.js';
export { createFailures, type FailurePolicy, failItem } from './pipeline/failures.js';
export { filterLeased } from './pipeline/filter-leased.js';
export { Held, hold, leaseAnswer, type MaybeHeld } from './pipeline/held.js';
export { holding } from './pipeline/holding.js';
export { mapLeased, type Work } from './pipeline/map-leased.js';
export { atLeastOne, positiveInteger } from './pipeline/options.js';
export { Pipeline, type Runnable } from './pipeline/pipeline.js';
export {
  PROGRESS_DEFAULTS,
  type ProgressListener,
  type ProgressOptions,
  type ProgressSnapshot,
  RunProgress,
} from './pipeline/progress.js';
export { readAhead } from './pipeline/read-ahead.js';
export { type BackoffOptions, backoffMs, type RetryOptions, retrying } from './pipeline/retry.js';
export { sharedLease } from './pipeline/shared-lease.js';
export type {
  Budget,
  Budgets,
  Clock,
  Failures,
  Lease,
  Leased,
  Logger,
  LogLevel,
  ProgressSink,
  RunContext,
  Sink,
  Source,
  Stage,
} from './pipeline/types.js';
export { type AwsConfiguration, awsConfiguration } from './presets/aws-configuration.js';
export { type DebugSnapshot, saveDebugSnapshot } from './presets/bundle/debug-snapshot.js';
export { type Bundle, type ReadBundleOptions, readBundle } from './presets/bundle/read-bundle.js';
export { submitBundle } from './presets/bundle/submit-bundle.js';
export type {
  QueueCredentials,
  SubmitBundleRequest,
  SubmitBundleResult,
  SubmitQuestion,
} from './presets/bundle/submit-bundle-request.js';
export { JOB_WAIT, JobWaitCancelledError } from './presets/bundle/wait-for-job.js';
export { yamlParser } from './presets/bundle/yaml-parser.js';
export { type CasObjectRequest, casObjectExists } from './presets/cas-object.js';
export {
  DOWNLOAD_DEFAULTS,
  type DownloadContentsOptions,
  downloadManifestContents,
  type UploadContentsOptions,
  uploadManifestContents,
} from './presets/contents.js';
export {
  createManifest,
  type SnapshotDirectoryOptions,
  type SnapshotOptions,
  snapshotDirectory,
  snapshotFileName,
  snapshotStructure,
} from './presets/create-manifest.js';
export { type DiffDirectoryOptions, type DiffStats, diffDirectory } from './presets/diff-directory.js';
export {
  type DownloadedFile,
  type DownloadFileRequest,
  downloadFile,
  type NewFileTarget,
  type OffsetTarget,
} from './presets/download-file.js';
export {
  type DownloadedOutputs,
  type DownloadOutputsRequest,
  downloadOutputs,
  findOutputFiles,
  OUTPUT_FILES_DEFAULTS,
  type OutputFiles,
  type OutputFilesRequest,
} from './presets/download-outputs.js';
export {
  type DownloadPart,
  type DownloadSeveralOptions,
  downloadSeveral,
} from './presets/download-several.js';
export {
  EXPAND_INPUT_PATHS_DEFAULTS,
  type ExpandedInputPaths,
  type ExpandInputPathsOptions,
  expandInputPaths,
  type ValidatedInputPaths,
  validateInputPaths,
} from './presets/expand-input-paths.js';
export {
  GATHER_ASSETS_DEFAULTS,
  type GatherAssetsOptions,
  type GatheredAssets,
  gatherAssets,
} from './presets/gather-assets.js';
export {
  type GatheredManifest,
  type GatherManifestsRequest,
  gatherManifests,
} from './presets/gather-manifests.js';
export { withHashPool } from './presets/hash-pool.js';
export { hostFormat } from './presets/host-format.js';
export {
  FETCH_OUTPUTS_DEFAULTS,
  type FetchedOutput,
  fetchOutputManifests,
  listOutputManifests,
  type ManifestInfo,
  type OutputsRequest,
} from './presets/list-outputs.js';
export {
  type LocalManifestRequest,
  localManifestFolder,
  MAPPING_FILE,
  type MappedManifest,
  readManifestMapping,
  writeLocalManifest,
} from './presets/local-manifests.js';
export {
  type ReadManifestOptions,
  readManifest,
  type UploadManifestOptions,
  uploadManifestFile,
  writeManifest,
} from './presets/manifest-files.js';
export type { S3ClientName, S3StoreOptions } from './presets/open-s3-store.js';
export { type OpenStoreOptions, openStore } from './presets/open-store.js';
export { placingThreads } from './presets/placing-threads.js';
export { type BundleAttachmentsPlan, planBundleAttachments } from './presets/plan-bundle-attachments.js';
export { planSubmit, planUpload, type SubmitPlan } from './presets/plan-submit.js';
export {
  completeStatistics,
  type PresetOptions,
  type RunShape,
  runPreset,
  type TransferOperation,
  type TransferProgress,
} from './presets/preset-options.js';
export {
  SCAN_DEFAULTS,
  type ScanListener,
  type ScanOptions,
  type ScanPhase,
  type ScanProgress,
} from './presets/scan-progress.js';
export { type Store, storeOf } from './presets/store.js';
export { type ManifestPlace, SUBMIT_DEFAULTS } from './presets/store-input-manifest.js';
export {
  downloadInputManifest,
  downloadManifest,
  type ManifestCallOptions,
  type StoredManifest,
} from './presets/stored-manifests.js';
export {
  type SubmitBundleAttachmentsRequest,
  type SubmitBundleAttachmentsResult,
  submitBundleAttachments,
} from './presets/submit-bundle-attachments.js';
export type { SubmitPlace } from './presets/submit-source.js';
export {
  type SubmitOptions,
  type SubmitResult,
  type SubmitTreeRequest,
  submitTree,
  submitTrees,
} from './presets/submit-tree.js';
export {
  hashedFiles,
  type TreeOptions,
  type TreeSettings,
  treeSettings,
  walkOptions,
} from './presets/tree-options.js';
export {
  type UploadedFile,
  type UploadFileRequest,
  type UploadSource,
  uploadFile,
} from './presets/upload-file.js';
export {
  type ManifestDetails,
  putManifest,
  type UploadedInputManifest,
  type UploadedOutputManifest,
  type UploadInputManifestRequest,
  type UploadManifestRequest,
  type UploadOutputManifestRequest,
  uploadInputManifest,
  uploadOutputManifest,
} from './presets/upload-manifests.js';
export { type ObjectProblem, type Verification, verifyManifest } from './presets/verify-manifest.js';
export { GROUP_SOURCES_DEFAULTS, type GroupSources, groupId } from './sinks/group-id.js';
export {
  type GroupedManifestsOptions,
  type GroupedManifestsResult,
  groupedManifestsSink,
} from './sinks/grouped-manifests-sink.js';
export { fileEntry, ManifestBuilder, type ManifestShape, pathEntry } from './sinks/manifest-entries.js';
export {
  countFile,
  MANIFEST_SINK_DEFAULTS,
  type ManifestResult,
  manifestSink,
} from './sinks/manifest-sink.js';
export type { PlaceWhole } from './sinks/place-file.js';
export {
  PLACE_FILES_DEFAULTS,
  type PlacedResult,
  type PlaceFilesOptions,
  placeFiles,
} from './sinks/place-files.js';
export { statsSink } from './sinks/stats-sink.js';
export {
  type EncodedManifest,
  type ManifestRoot,
  STORED_MANIFEST_DEFAULTS,
  type StoredManifestOptions,
  type StoredManifestResult,
  storedManifestSink,
} from './sinks/stored-manifest-sink.js';
export {
  SHARING_DEFAULTS,
  type Sharing,
  type SharingCalls,
  sharingFor,
  TargetPermissions,
} from './sinks/target-permissions.js';
export { parentOf, TargetTree } from './sinks/target-tree.js';
export { givenFiles, PathOutsideRootError } from './sources/given-files.js';
export { listedPaths } from './sources/listed-paths.js';
export {
  MANIFEST_ENTRIES_DEFAULTS,
  type ManifestEntriesOptions,
  manifestEntries,
} from './sources/manifest-entries.js';
export {
  MANIFEST_FILES_DEFAULTS,
  type ManifestFilesOptions,
  manifestFiles,
} from './sources/manifest-files.js';
export { type OpenRoot, openRoot } from './sources/open-root.js';
export {
  findOutputs,
  type ListPages,
  OUTPUT_QUERY_DEFAULTS,
  type OutputQuery,
  outputManifests,
} from './sources/output-manifests.js';
export { type StatMany, statMany } from './sources/stat-batch.js';
export {
  type FileStat,
  STAT_CACHE_DEFAULTS,
  StatCache,
  type StatCacheOptions,
} from './sources/stat-cache.js';
export { WALK_DEFAULTS, type WalkFilter, type WalkOptions, walkTree } from './sources/walk-tree.js';
export { CACHE_LOOKUP_DEFAULTS, type CacheLookupOptions, cacheLookup } from './stages/cache-lookup.js';
export { confirmFiles } from './stages/confirm-files.js';
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
} from './stages/existence-check.js';
export {
  FETCH_DEFAULTS,
  type FetchCall,
  type FetchOptions,
  fetchObjects,
  hashMismatch,
  type ObjectReader,
} from './stages/fetch.js';
export { filterPaths, type PathFilter } from './stages/filter-paths.js';
export { HASH_FILES_DEFAULTS, type HashFilesOptions, hashFiles } from './stages/hash-files.js';
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
} from './stages/manifest-operators.js';
export type { RangeTerms } from './stages/pinned-object.js';
export { RecentChecks } from './stages/recent-checks.js';
export {
  type Occupant,
  RESOLVE_CONFLICTS_DEFAULTS,
  type ResolveConflictsOptions,
  resolveConflicts,
} from './stages/resolve-conflicts.js';
export { SPLIT_OBJECTS_DEFAULTS, type SplitObjectsOptions, splitObjects } from './stages/split-objects.js';
export { SPLIT_RANGES_DEFAULTS, type SplitRangesOptions, splitRanges } from './stages/split-ranges.js';
export {
  type PutCall,
  type PutObject,
  TRANSFER_DEFAULTS,
  type TransferOptions,
  transfer,
} from './stages/transfer.js';
