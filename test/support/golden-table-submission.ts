/** Rows of fixtures/submission. */
import { cases, type GoldenRow } from './golden-rows.js';

export const SUBMISSION_ROWS: Record<string, GoldenRow> = {
  'submission/attachments.json': {
    test: 'submission-attachments.test.ts',
    document: { reads: ['farmId', 'queueId', 'guid', 's3'] },
    lists: cases(['hostPathFormat', 'fileSystem', 'roots', 'expectedAttachments', 'expectedManifestUploads']),
  },
  'submission/bundles.json': {
    test: 'submission-bundles.test.ts',
    document: { reads: ['farmId', 'queueId', 's3', 'mtimeSeconds'] },
    lists: cases([
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
    ]),
  },
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
  'submission/grouping-posix.json': {
    test: 'submission-grouping.test.ts',
    document: { reads: ['tree'] },
    lists: cases([
      'inputs',
      'outputs',
      'references',
      'requirePathsExist',
      'expected',
      'error',
      'locations',
      'cwd',
      'resolveLocationSymlinks',
    ]),
  },
  'submission/grouping-windows.json': {
    test: 'submission-grouping.test.ts',
    lists: cases([
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
    ]),
  },
  'submission/known-paths.json': {
    test: 'submission-known-paths.test.ts',
    lists: {
      filterCases: cases(['pathFormat', 'paths', 'expected']).cases,
      classifyCases: cases(['pathFormat', 'knownPaths', 'groups', 'expected', 'storageProfile']).cases,
    },
  },
  'submission/long-paths.json': {
    test: 'submission-paths.test.ts',
    lists: cases(['path', 'expected', 'extended', 'extendedError'], ['length']),
  },
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
  'submission/path-mapping.json': {
    test: 'submission-paths.test.ts',
    lists: {
      dynamic: cases([
        'sessionDir',
        'hostPathFormat',
        'manifests',
        'storageProfileRules',
        'expectedRules',
        'expectedLocalDestinations',
      ]).cases,
      profileRules: cases(['source', 'destination', 'expectedRules']).cases,
      apply: cases(['hostPathFormat', 'rules', 'results', 'error']).cases,
    },
  },
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
  'submission/worker-properties.json': {
    test: 'submission-worker-properties.test.ts',
    lists: cases(['hostPathFormat', 'manifestProperties', 'localRootPath', 'expected']),
  },
};
