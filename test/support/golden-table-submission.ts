/** Rows of fixtures/submission. */
import { cases, type GoldenRow, later, NO_HEAD } from './golden-rows.js';

export const SUBMISSION_ROWS: Record<string, GoldenRow> = {
  'submission/attachments.json': later(
    'job attachments payload',
    { reads: ['farmId', 'queueId', 'guid', 's3'] },
    { cases: ['hostPathFormat', 'fileSystem', 'roots', 'expectedAttachments', 'expectedManifestUploads'] },
  ),
  'submission/bundles.json': later(
    'job bundles',
    { reads: ['farmId', 'queueId', 's3', 'mtimeSeconds'] },
    {
      cases: [
        'tree',
        'bundleDir',
        'jobParameters',
        'expected',
        'cwd',
        'error',
        'options',
        'storageProfile',
        'queueHasJobAttachmentSettings',
        'queueParameters',
      ],
    },
  ),
  'submission/folder-diff.json': {
    test: 'submission-folders.test.ts',
    lists: cases(
      ['tree', 'manifest', 'expectedFast', 'expectedHash', 'expectedFastByCommand'],
      ['pythonOct2024Fast'],
    ),
  },
  'submission/glob-config.json': {
    test: 'submission-glob.test.ts',
    lists: cases(['input', 'result', 'error', 'fileContent']),
  },
  'submission/glob.json': {
    test: 'submission-glob.test.ts',
    document: { reads: ['trees'] },
    lists: cases(['tree', 'include', 'exclude', 'matched', 'matchedByCommand', 'tier'], ['pythonOct2024']),
  },
  'submission/grouping-posix.json': later(
    'asset grouping',
    { reads: ['tree'] },
    {
      cases: [
        'inputs',
        'outputs',
        'references',
        'requirePathsExist',
        'expected',
        'error',
        'locations',
        'cwd',
        'resolveLocationSymlinks',
      ],
    },
  ),
  'submission/grouping-windows.json': later('asset grouping', NO_HEAD, {
    cases: [
      'cwd',
      'existingFiles',
      'existingDirectories',
      'inputs',
      'outputs',
      'references',
      'requirePathsExist',
      'expected',
      'compareRootPath',
      'locations',
      'error',
    ],
  }),
  'submission/known-paths.json': later('known asset paths', NO_HEAD, {
    filterCases: ['pathFormat', 'paths', 'expected'],
    classifyCases: ['pathFormat', 'knownPaths', 'groups', 'expected', 'storageProfile'],
  }),
  'submission/long-paths.json': later(
    'long Windows paths',
    NO_HEAD,
    { cases: ['path', 'expected', 'extended', 'extendedError'] },
    ['length'],
  ),
  'submission/names.json': {
    test: 'submission-names.test.ts',
    lists: cases([
      'rootPath',
      'fileSystemLocationName',
      'uniqueDestDirName',
      'manifestNamePrefix',
      'hashedSourcePath',
    ]),
  },
  'submission/path-mapping.json': later('path mapping', NO_HEAD, {
    dynamic: [
      'sessionDir',
      'hostPathFormat',
      'manifests',
      'storageProfileRules',
      'expectedRules',
      'expectedLocalDestinations',
    ],
    profileRules: ['source', 'destination', 'expectedRules'],
    apply: ['hostPathFormat', 'rules', 'results', 'error'],
  }),
  'submission/snapshot.json': {
    test: 'submission-folders.test.ts',
    document: { reads: ['tree', 'mtimeSeconds'] },
    lists: cases([
      'expected',
      'include',
      'exclude',
      'includeExcludeConfig',
      'manifestName',
      'diffAgainst',
      'forceRehash',
    ]),
  },
  'submission/summary-text.json': {
    test: 'size-text.test.ts',
    lists: {
      sizes: { reads: ['bytes', 'text'], informs: ['text2024'] },
      summaries: { reads: ['statistics', 'text'], informs: ['text2024'] },
    },
  },
  'submission/worker-properties.json': later('worker manifest properties', NO_HEAD, {
    cases: ['hostPathFormat', 'manifestProperties', 'localRootPath', 'expected'],
  }),
};
