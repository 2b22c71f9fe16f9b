import { describe, expect, it } from 'vitest';
import {
  checkPermissions,
  type FileSystemPermissionSettings,
  grantArguments,
  type WindowsPermission,
} from '../../src/model/file-system-permissions.js';

const POSIX = { osUser: 'job-user', osGroup: 'jobs', dirMode: 0o20, fileMode: 0o20 };
const WINDOWS = { osUser: 'job-user', dirMode: 'READ_WRITE', fileMode: 'FULL_CONTROL' } as const;

it.each<[FileSystemPermissionSettings, 'posix' | 'windows']>([
  [POSIX, 'posix'],
  [{ ...POSIX, dirMode: 0, fileMode: 0o7777 }, 'posix'],
  [WINDOWS, 'windows'],
  [{ ...WINDOWS, osUser: 'DOMAIN\\job user' }, 'windows'],
])('takes %j on a %s system', (settings, host) => {
  expect(checkPermissions(settings, host)).toEqual({ host, ...settings });
});

it.each<[string, unknown, 'posix' | 'windows', RegExp]>([
  ['the other kind', WINDOWS, 'posix', /those of a windows system/],
  ['the other kind', POSIX, 'windows', /those of a posix system/],
  ['no group', { ...POSIX, osGroup: '' }, 'posix', /osGroup/],
  ['no user', { ...POSIX, osUser: '' }, 'posix', /osUser/],
  ['a mode as text', { ...POSIX, dirMode: '0o20' }, 'posix', /dirMode/],
  ['too many bits', { ...POSIX, fileMode: 0o10000 }, 'posix', /fileMode/],
  ['a negative mode', { ...POSIX, fileMode: -1 }, 'posix', /fileMode/],
  ['half a bit', { ...POSIX, fileMode: 1.5 }, 'posix', /fileMode/],
  ['a permission that is none', { ...WINDOWS, dirMode: 'DELETE' }, 'windows', /dirMode.*READ_WRITE/],
  ['a name of every object', { ...WINDOWS, fileMode: 'toString' }, 'windows', /fileMode/],
  ['a user that brings rights', { ...WINDOWS, osUser: 'all:(F)' }, 'windows', /osUser/],
])('refuses %s', (_what, settings, host, message) => {
  const check = (): unknown => checkPermissions(settings as FileSystemPermissionSettings, host);
  expect(check).toThrow(expect.objectContaining({ code: 'InvalidConfig' }));
  expect(check).toThrow(message);
});

/** Bits of the access mask that each letter stands for, as Windows documents them. */
const BITS: Readonly<Record<string, number>> = {
  ...{
    RC: 0x20000,
    S: 0x100000,
    RD: 0x1,
    WD: 0x2,
    AD: 0x4,
    REA: 0x8,
    WEA: 0x10,
    X: 0x20,
    RA: 0x80,
    WA: 0x100,
  },
  F: 0x1f01ff,
};

describe('a grant', () => {
  it.each<[WindowsPermission, number]>([
    ['READ', 0x120089], // FILE_GENERIC_READ
    ['WRITE', 0x120116], // FILE_GENERIC_WRITE
    ['EXECUTE', 0x1200a0], // FILE_GENERIC_EXECUTE
    ['READ_WRITE', 0x120089 | 0x120116],
    ['FULL_CONTROL', 0x1f01ff], // FILE_ALL_ACCESS
  ])('of %s has the mask that Python sets', (permission, mask) => {
    const [path, verb, grant] = grantArguments('C:\\out\\f', 'job-user', permission);
    expect([path, verb]).toEqual(['C:\\out\\f', '/grant']);
    const rights = /^job-user:\((.+)\)$/.exec(grant ?? '')?.[1]?.split(',') ?? [];
    expect(rights.reduce((bits, right) => bits | (BITS[right] ?? 0), 0)).toBe(mask);
  });
});
