/** Rows of fixtures/worker. */
import { type GoldenRow, later, WORKER_HEAD, worker } from './golden-rows.js';

export const WORKER_ROWS: Record<string, GoldenRow> = {
  'worker/copy-names.json': worker('storage-names.test.ts', ['existing', 'requested', 'result']),
  'worker/download-filters.json': worker('root-groups.test.ts', [
    'hostPathFormat',
    'include',
    'roots',
    'selected',
  ]),
  'worker/dynamic-path-mapping.json': later('path mapping', WORKER_HEAD, {
    cases: ['sessionDir', 'manifests', 'storageProfileRules', 'dynamicRules', 'localDestinations'],
  }),
  'worker/human-sizes.json': worker('size-text.test.ts', ['bytes', 'text']),
  'worker/incremental-checkpoint.json': later('incremental download', WORKER_HEAD, {
    cases: ['input', 'expected'],
  }),
  'worker/json-lines.json': later('JSON line mode', WORKER_HEAD, {
    cases: ['line', 'fileCount', 'files', 'stdin', 'expectedSize', 'value', 'error'],
  }),
  'worker/latest-per-task-keys.json': worker(
    'output-selection.test.ts',
    ['jobPrefix', 'prefix', 'objects', 'selected', 'selectedByLastModified'],
    ['referenceSelects'],
  ),
  'worker/low-transfer-rate.json': later('low transfer rate detector', WORKER_HEAD, {
    cases: ['reports', 'firesAtReportIndex', 'line'],
  }),
  'worker/merged-manifests.json': worker('root-groups.test.ts', [
    'order',
    'manifests',
    'mergedJson',
    'mergedHash',
  ]),
  'worker/openjd-lines.json': later('OpenJD lines', WORKER_HEAD, { cases: ['kind', 'value', 'line'] }),
  'worker/output-diff.json': later('worker session', WORKER_HEAD, {
    cases: ['tree', 'baseManifest', 'outputRelativeDirectories', 'new', 'modified', 'outputManifestJson'],
  }),
  'worker/output-manifest-keys.json': worker('storage-keys.test.ts', [
    'startTime',
    'rootPath',
    'fileSystemLocationName',
    'rootPrefix',
    'ids',
    'timestamp',
    'fileName',
    'key',
  ]),
  'worker/progress-lines.json': worker('worker-progress.test.ts', [
    'status',
    'totalFiles',
    'totalBytes',
    'events',
    'reports',
    'summary',
    'summaryText',
  ]),
  'worker/set-root-path.json': worker(
    'root-groups.test.ts',
    ['roots', 'operations', 'error', 'pathsByRoot', 'rootOrder'],
    ['reference'],
  ),
  'worker/worker-properties.json': later('worker manifest properties', WORKER_HEAD, {
    cases: [
      'json',
      'jsonText',
      'afterRoundTrip',
      'hashedSourcePath',
      'outputManifestFileName',
      'pathMappingRule',
      'outputMetadata',
      'localOutputRelativeDirectories',
      'input',
    ],
  }),
};
