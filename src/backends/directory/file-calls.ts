/**
 * The calls of the operating system that the directory store makes on its own files, as
 * one value, so that a test can let one of them fail. Promises over the callback forms:
 * half the main-thread time of `node:fs/promises` (which makes a FileHandle per file), and
 * a look at an absent name costs 8 us instead of 20. Synchronous calls, measured too, gain
 * nothing that the file system does not take back, and would block on a slow volume.
 */
import fs from 'node:fs';
import { promisify } from 'node:util';

export const fileCalls = {
  open: promisify(fs.open),
  read: promisify(fs.read),
  write: promisify(fs.write),
  close: promisify(fs.close),
  fstat: promisify(fs.fstat),
  lstat: promisify(fs.lstat),
  link: promisify(fs.link),
  rename: promisify(fs.rename),
  unlink: promisify(fs.unlink),
  mkdir: promisify(fs.mkdir),
  realpath: promisify(fs.realpath.native),
  readFile: promisify(fs.readFile),
  chmod: promisify(fs.chmod),
  copyFile: promisify(fs.copyFile),
};

export type FileCalls = typeof fileCalls;
