/** Rows of fixtures/storage. */
import { type GoldenRow, type Members, raw, STORAGE_HEAD, storage } from './golden-rows.js';

const HASH_PROBE: Members = {
  reads: [
    'pathUtf8SurrogatepassBase64',
    'mtimeNs',
    'tz',
    'rowFound',
    'table',
    'fresh',
    'hash',
    'rangeStart',
    'rangeEnd',
  ],
  informs: ['pythonFresh', 'pythonError'],
};
const S3_PROBE: Members = { reads: ['s3Key', 'hit'], informs: ['id', 'python'] };

function cache(probes: Members, reads: readonly string[]): GoldenRow {
  return {
    test: 'caches.test.ts',
    document: { reads: ['sqliteMaster', 'journalMode', ...reads], informs: ['source'] },
    lists: { probes },
  };
}

export const STORAGE_ROWS: Record<string, GoldenRow> = {
  'storage/create_copy.json': storage('storage-names.test.ts', ['name', 'stem', 'suffix', 'copies']),
  'storage/error_mapping.json': storage('storage-errors.test.ts', [
    'operation',
    'httpStatus',
    'code',
    'message',
    'expect',
    'responseHeaders',
  ]),
  'storage/hash_cache_mtime.json': storage('caches.test.ts', [
    'tz',
    'mtimeNs',
    'manifestMtimeUs',
    'legacyText',
  ]),
  'storage/keys.json': {
    test: 'storage-keys.test.ts',
    document: STORAGE_HEAD,
    lists: {
      cases: {
        reads: [
          'bucket',
          'rootPrefix',
          'farmId',
          'queueId',
          'jobId',
          'stepId',
          'taskId',
          'sessionActionId',
          'startTime',
          'guid',
          'hash',
          'expect',
        ],
        informs: ['id'],
      },
      rootUriParsing: { reads: ['uri', 'bucket', 'rootPrefix', 'pythonError'] },
      listPrefixArgumentErrors: { reads: ['args', 'pythonError'] },
    },
  },
  'storage/local_manifests.json': {
    test: 'local-manifests.test.ts',
    document: { reads: ['files'], informs: ['source'] },
    lists: { entries: { reads: ['fileSystemLocationName', 'rootPath', 'name', 's3Key', 'manifestHash'] } },
  },
  'storage/manifest_names.json': storage(
    'storage-names.test.ts',
    [
      'fileSystemLocationName',
      'rootPath',
      'hashedUtf8Hex',
      'outputManifestName',
      'inputPathAfterPosixNormalisation',
      'inputManifestName',
      'sessionDirName',
    ],
    ['inputManifestNameTo_0_49_4'],
  ),
  'storage/metadata.json': {
    test: 'storage-metadata.test.ts',
    document: STORAGE_HEAD,
    lists: {
      encode: {
        reads: ['fileSystemLocationName', 'rootPath', 'userMetadata', 'pythonError'],
        // The key is that of storage-keys; the owner header belongs to the S3 client.
        informs: ['key', 'otherHeaders'],
      },
      decode: { reads: ['userMetadata', 'assetRoot', 'pythonError'] },
    },
  },
  'storage/output_selection.json': storage(
    'output-selection.test.ts',
    ['jobPrefix', 'prefix', 'objects', 'requiredSelected', 'mergeOrder', 'pageSize'],
    ['pythonSelected'],
  ),
  'storage/part_plan.json': storage(
    'storage-parts.test.ts',
    ['size', 'chunks256MiB', 'lastChunkLength'],
    ['pythonMultipart', 'pythonPartSize', 'pythonParts'],
  ),
  'storage/recorded_requests.json': {
    test: 'recorded-requests.test.ts',
    document: { reads: ['accountId'], informs: ['source'] },
    lists: {
      scenarios: {
        reads: [
          'op',
          'bucket',
          'rootPrefix',
          'farmId',
          'queueId',
          'guid',
          'sourceRoot',
          'files',
          'result',
          'requests',
          'manifestBody',
          'fileSystemLocationName',
        ],
        informs: ['id'],
      },
    },
  },
  'storage/session_action.json': storage(
    'output-selection.test.ts',
    ['jobPrefix', 'stepId', 'taskId', 'sessionActionId', 'keys', 'required'],
    ['pythonSelected'],
  ),
  'storage/timestamps.json': storage('storage-names.test.ts', ['seconds', 'iso']),
  'storage/caches/hash_cache_v2.db': raw('caches.test.ts'),
  'storage/caches/hash_cache_v2.json': cache(HASH_PROBE, ['table', 'notStorable', 'columns', 'rows']),
  'storage/caches/hash_cache_v3.db': raw('caches.test.ts'),
  'storage/caches/hash_cache_v3.json': cache(HASH_PROBE, ['table', 'notStorable', 'columns', 'rows']),
  'storage/caches/hash_cache_v4.db': raw('caches.test.ts'),
  'storage/caches/hash_cache_v4.json': cache(HASH_PROBE, ['table', 'chunkedFile', 'columns', 'rows']),
  'storage/caches/hash_cache_mixed.db': raw('caches.test.ts'),
  'storage/caches/hash_cache_mixed.json': cache(HASH_PROBE, ['tables', 'rowsByTable']),
  'storage/caches/s3_check_cache.db': raw('caches.test.ts'),
  'storage/caches/s3_check_cache.json': cache(S3_PROBE, ['table', 'now', 'columns', 'rows']),
  'storage/caches/s3_check_cache_wal.db': raw('caches.test.ts'),
  'storage/caches/s3_check_cache_wal.json': cache(S3_PROBE, ['table', 'now', 'columns', 'rows', 'reset']),
};
