/** Storage profiles on which two programs could disagree, and what is submitted below their locations. */
import { link } from '../support/tree-on-disk.js';
import { type AttachmentsCase, at, ROOT } from './submission-case.js';
import { file } from './submission-kit.js';

/** LOCAL and SHARED ones in each other, siblings that differ by a suffix, spellings that are not normal. */
const NESTED = [
  { name: 'Shared', path: at('s'), type: 'SHARED' },
  { name: 'Local in Shared', path: at('s/l'), type: 'LOCAL' },
  { name: 'Project', path: `${at('p')}/`, type: 'LOCAL' },
  { name: 'Deep', path: at('p/x/../deep'), type: 'LOCAL' },
  { name: 'Shared in Deep', path: at('p/deep/shared'), type: 'SHARED' },
  { name: 'Both', path: at('both'), type: 'LOCAL' },
  { name: 'Both too', path: at('both'), type: 'SHARED' },
] as const;

const NESTED_TREE = [
  ...[
    's/a',
    's/l/a',
    'p/a',
    'p/b/c',
    'p/deep/a',
    'p/deep/d/a',
    'p/deep/shared/a',
    'p2/a',
    'both/a',
    'home/a',
  ],
].map((path) => file(path));

export const LOCATION_CASES: readonly AttachmentsCase[] = [
  {
    name: 'locations in each other, files by name',
    tree: NESTED_TREE,
    locations: NESTED,
    references: { inputFilenames: NESTED_TREE.map(({ path }) => at(path)) },
  },
  {
    name: 'locations in each other, one directory over all',
    tree: NESTED_TREE,
    locations: NESTED,
    references: {
      inputDirectories: [ROOT],
      outputDirectories: [at('p/deep/out'), at('s/out'), at('p2/out')],
    },
  },
  {
    name: 'outputs and references in locations',
    tree: NESTED_TREE,
    locations: NESTED,
    references: {
      outputDirectories: ['p/o', 'p/deep/o', 's/o', 's/l/o', 'home/o'].map(at),
      referencedPaths: ['p/r', 'p/deep/shared/r', 'both/r', 'home/r'].map(at),
    },
  },
  {
    name: 'everything below SHARED: no attachments',
    tree: NESTED_TREE,
    locations: NESTED,
    references: {
      inputDirectories: [at('s')],
      outputDirectories: [at('s/l/o')],
      referencedPaths: [at('both')],
    },
  },
  {
    name: 'links into and out of locations',
    tree: [
      ...NESTED_TREE,
      link('q', 's'),
      link('p/out', '../home/a'),
      link('home/in', '../p/a'),
      link('home/into shared', '../s/a'),
    ],
    locations: NESTED,
    references: { inputFilenames: ['q/a', 'p/out', 'home/in', 'home/into shared'].map(at) },
  },
  {
    name: 'a location that is a link itself',
    tree: [file('real/a'), file('real/b'), link('mnt', 'real')],
    locations: [{ name: 'Mount', path: at('mnt'), type: 'LOCAL' }],
    references: { inputFilenames: [at('mnt/a'), at('real/b')] },
  },
  {
    name: 'everything in a LOCAL location of the whole disk',
    tree: [file('a'), file('d/b')],
    locations: [{ name: 'Disk', path: '/', type: 'LOCAL' }],
    references: { inputFilenames: ['a', 'd/b'].map(at), outputDirectories: ['/nowhere/out'] },
  },
  {
    name: 'locations that do not exist, and one that is a file',
    tree: [file('a'), file('d/b')],
    locations: [
      { name: 'Gone', path: at('gone'), type: 'LOCAL' },
      { name: 'Gone too', path: at('gone/shared'), type: 'SHARED' },
      { name: 'File', path: at('a'), type: 'LOCAL' },
    ],
    references: {
      inputFilenames: ['a', 'd/b', 'gone/x'].map(at),
      outputDirectories: ['gone/out', 'gone/shared/out'].map(at),
    },
  },
];
