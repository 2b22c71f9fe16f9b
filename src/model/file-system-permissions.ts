/**
 * Who else may use the files of a download (spec/storage.md 4.5): the settings of either
 * kind of system, judged before anything is written. Pure: groups are looked up, and
 * files changed, where files are written.
 */
import { StorageError } from './errors.js';
import type { HostPaths } from './paths.js';

/** For POSIX systems: bits are added to modes, none is taken away. */
export interface PosixFileSystemPermissionSettings {
  /** The user that the files are meant for. */
  readonly osUser: string;
  /** Name or number of the group that files and directories are given to. */
  readonly osGroup: string;
  /** Mode bits that directories get besides their own, for example `0o20`. */
  readonly dirMode: number;
  /** Mode bits that files get besides their own. */
  readonly fileMode: number;
}

/** What a Windows user may do. */
export type WindowsPermission = 'READ' | 'WRITE' | 'EXECUTE' | 'READ_WRITE' | 'FULL_CONTROL';

/** For Windows: one entry of the access control list per file and directory. */
export interface WindowsFileSystemPermissionSettings {
  readonly osUser: string;
  readonly dirMode: WindowsPermission;
  readonly fileMode: WindowsPermission;
}

export type FileSystemPermissionSettings =
  | PosixFileSystemPermissionSettings
  | WindowsFileSystemPermissionSettings;

/** Settings that fit their system. */
export type CheckedPermissions =
  | ({ readonly host: 'posix' } & PosixFileSystemPermissionSettings)
  | ({ readonly host: 'windows' } & WindowsFileSystemPermissionSettings);

/** Throws `InvalidConfig` for settings of the other kind of system, and for values that are none. */
export function checkPermissions(
  settings: FileSystemPermissionSettings,
  host: HostPaths,
): CheckedPermissions {
  const kind = 'osGroup' in settings ? 'posix' : 'windows';
  if (kind !== host) throw invalid(`they are those of a ${kind} system, and this is a ${host} one`);
  if (!settings.osUser) throw invalid('osUser is empty');
  return 'osGroup' in settings
    ? { host: 'posix', ...checkedPosix(settings) }
    : { host: 'windows', ...checkedWindows(settings) };
}

function checkedPosix(settings: PosixFileSystemPermissionSettings): PosixFileSystemPermissionSettings {
  if (!settings.osGroup) throw invalid('osGroup is empty');
  for (const name of ['dirMode', 'fileMode'] as const) {
    const mode = settings[name];
    if (Number.isInteger(mode) && mode >= 0 && mode <= 0o7777) continue;
    throw invalid(`${name} has to be mode bits, 0 to 0o7777, not ${String(mode)}`);
  }
  return settings;
}

function checkedWindows(settings: WindowsFileSystemPermissionSettings): WindowsFileSystemPermissionSettings {
  // Both would end the name where the rights of a grant begin.
  if (/[:()]/.test(settings.osUser)) throw invalid(`osUser cannot be ${JSON.stringify(settings.osUser)}`);
  for (const name of ['dirMode', 'fileMode'] as const) {
    if (Object.hasOwn(RIGHTS, settings[name])) continue;
    throw invalid(
      `${name} has to be one of ${Object.keys(RIGHTS).join(', ')}, not ${String(settings[name])}`,
    );
  }
  return settings;
}

/** FILE_GENERIC_READ, FILE_GENERIC_WRITE, FILE_GENERIC_EXECUTE, both of the first, FILE_ALL_ACCESS, right by right. */
const RIGHTS: Readonly<Record<WindowsPermission, string>> = {
  READ: 'RC,S,RD,REA,RA',
  WRITE: 'RC,S,WD,AD,WEA,WA',
  EXECUTE: 'RC,S,X,RA',
  READ_WRITE: 'RC,S,RD,WD,AD,REA,WEA,RA,WA',
  FULL_CONTROL: 'F',
};

/** Arguments of `icacls` that add one allow entry for the user, which is not inherited; other entries stay. */
export function grantArguments(path: string, osUser: string, permission: WindowsPermission): string[] {
  return [path, '/grant', `${osUser}:(${RIGHTS[permission]})`];
}

function invalid(why: string): StorageError {
  return new StorageError('InvalidConfig', `the file system permissions cannot be used: ${why}`);
}
