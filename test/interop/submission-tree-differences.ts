/** Trees, references and storage profiles of which the two programs make something else, on purpose. */
import { writeFileSync } from 'node:fs';
import { expect } from 'vitest';
import { link } from '../support/tree-on-disk.js';
import { type AttachmentsCase, at, type Differing, ROOT } from './submission-case.js';
import { file } from './submission-kit.js';
import type { Outcome } from './submission-outcome.js';

const ELEVEN = Array.from({ length: 11 }, (_, index) => `Location ${index}`);

/** Where the specification has a reason to do otherwise. */
export const OTHER_TREES: readonly Differing<AttachmentsCase>[] = [
  {
    name: 'a root with two slashes',
    tree: [file('d/a'), file('d/b')],
    references: { inputFilenames: [at('d/a'), `/${at('d/b')}`] },
    differs: {
      spec: 'files-and-submission.md 4.1',
      check: (python, ours, root) => {
        // Its root has lost the second slash, so that the file is not below it.
        expect(python.error).toMatchObject({
          type: 'ValueError',
          message: expect.stringContaining(`/${root}/d/b`),
        });
        expect(ours.groups).toMatchObject([
          { rootPath: `${root}/d`, inputs: [`${root}/d/a`, `${root}/d/b`] },
        ]);
      },
    },
  },
  {
    name: 'a group with a name and one without share their root',
    tree: [file('p/a'), file('p/b'), file('home/a'), link('p/c', '../home/a'), link('p/d', '../home/a')],
    locations: [{ name: 'Project', path: at('p'), type: 'LOCAL' }],
    references: { inputDirectories: [at('p')] },
    differs: {
      spec: 'files-and-submission.md 6.2 step 6',
      check: (python, ours, root) => {
        expect(python.error?.type).toBe('TypeError');
        expect(ours.groups).toMatchObject([
          { fileSystemLocationName: null, rootPath: `${root}/p`, inputs: [`${root}/p/c`, `${root}/p/d`] },
          {
            fileSystemLocationName: 'Project',
            rootPath: `${root}/p`,
            inputs: [`${root}/p/a`, `${root}/p/b`],
          },
        ]);
      },
    },
  },
  {
    name: 'a link to itself where a location might be',
    tree: [link('d/self', 'self'), file('d/a')],
    locations: [{ name: 'Project', path: at('p'), type: 'LOCAL' }],
    references: { inputDirectories: [at('d')] },
    differs: {
      spec: 'files-and-submission.md 9 case 1',
      check: (python, ours, root) => {
        expect(python.error).toMatchObject({
          type: 'RuntimeError',
          message: expect.stringContaining('Symlink loop'),
        });
        expect(ours.groups).toMatchObject([{ inputs: [`${root}/d/a`], references: [`${root}/d/self`] }]);
      },
    },
  },
  {
    name: 'a location whose text is long and whose path is short',
    tree: [file('p/a'), file('p/deep/a')],
    locations: [
      { name: 'Project', path: at('p/x/y/z/../../..'), type: 'LOCAL' },
      { name: 'Deep', path: at('p/deep'), type: 'LOCAL' },
    ],
    references: { inputDirectories: [at('p')] },
    differs: {
      spec: 'files-and-submission.md 6.1',
      check: (python, ours, root) => {
        expect(python.groups).toMatchObject([{ fileSystemLocationName: 'Project', rootPath: `${root}/p` }]);
        expect(ours.groups).toMatchObject([
          { fileSystemLocationName: 'Project', inputs: [`${root}/p/a`] },
          { fileSystemLocationName: 'Deep', inputs: [`${root}/p/deep/a`] },
        ]);
      },
    },
  },
  {
    name: 'a location with a relative path',
    tree: [file('p/a')],
    locations: [{ name: 'Project', path: 'p', type: 'LOCAL' }],
    references: { inputFilenames: [at('p/a')] },
    differs: {
      spec: 'files-and-submission.md 6.1',
      check: (python, ours) => {
        expect(python.groups).toHaveLength(1);
        expect(ours.error).toMatchObject({
          type: 'InvalidConfig',
          message: expect.stringContaining('"Project"'),
        });
      },
    },
  },
  {
    name: 'eleven groups',
    tree: ELEVEN.map((name) => file(`${name}/a`)),
    locations: ELEVEN.map((name) => ({ name, path: at(name), type: 'LOCAL' })),
    references: { inputDirectories: [ROOT] },
    differs: { spec: 'files-and-submission.md 7.2', check: beyondLimit },
  },
  {
    name: 'output directories: 101 of one root',
    tree: [file('p/a')],
    references: {
      inputFilenames: [at('p/a')],
      outputDirectories: Array.from({ length: 101 }, (_, index) => at(`p/out/${index}`)),
    },
    differs: { spec: 'files-and-submission.md 7.2', check: beyondLimit },
  },
  {
    name: 'a location name that the service does not take',
    tree: [file('p/a')],
    locations: [{ name: 'größe', path: at('p'), type: 'LOCAL' }],
    references: { inputFilenames: [at('p/a')] },
    differs: { spec: 'files-and-submission.md 7.2', check: beyondLimit },
  },
  {
    name: 'an empty text among the directories',
    tree: [file('d/a'), file('other')],
    references: { inputFilenames: [at('d/a')], inputDirectories: [''] },
    differs: {
      spec: 'files-and-submission.md 7.4',
      check: (python, ours, root) => {
        expect(python.groups).toMatchObject([{ inputs: [`${root}/d/a`, `${root}/other`] }]);
        expect(ours.groups).toMatchObject([{ inputs: [`${root}/d/a`] }]);
      },
    },
  },
  {
    name: 'a name that is not UTF-8',
    tree: [file('d/a')],
    plant: (root) => writeFileSync(Buffer.from(`${root}/d/caf\xe9`, 'latin1'), 'bytes'),
    references: { inputDirectories: [at('d')] },
    differs: {
      spec: 'files-and-submission.md 1.1 rule 5',
      check: (python, ours) => {
        expect(JSON.stringify(python.groups)).toContain('caf\\udce9');
        expect(ours.error).toMatchObject({
          type: 'InvalidPath',
          message: expect.stringContaining('caf\\xe9'),
        });
        expect(ours.stored).toEqual({ manifests: [], data: [] });
      },
    },
  },
];

/** The Python library sends what the service then refuses. */
function beyondLimit(python: Outcome, ours: Outcome): void {
  expect(python.error).toBeUndefined();
  expect(python.stored.data.length).toBeGreaterThan(0);
  expect(ours.error?.type).toBe('InvalidConfig');
  expect(ours.stored).toEqual({ manifests: [], data: [] });
}
