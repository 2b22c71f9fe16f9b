/**
 * Gives files of a download, and the directories above them, to a group or a user besides
 * their owner (spec/storage.md 4.5). Files are changed while they have their temporary name,
 * directories once per run, before the first file below them gets its name.
 */
import { execFile } from 'node:child_process';
import type { promises as fs } from 'node:fs';
import { tmpdir } from 'node:os';
import { promisify } from 'node:util';
import { targetPath } from '../model/download-paths.js';
import { StorageError } from '../model/errors.js';
import {
  type CheckedPermissions,
  checkPermissions,
  type FileSystemPermissionSettings,
  grantArguments,
} from '../model/file-system-permissions.js';
import { errnoOf } from '../model/local-io.js';
import type { HostPaths } from '../model/paths.js';
import { type GroupSources, groupId } from './group-id.js';
import { parentOf, type TargetTree } from './target-tree.js';

/** What is done to one file or directory. */
export interface Sharing {
  /** `file` is open, and stands at `local`. */
  file(file: fs.FileHandle, local: string | Buffer): Promise<void>;
  directory(tree: TargetTree, path: string): Promise<void>;
}

export interface SharingCalls extends GroupSources {
  readonly host?: HostPaths;
  /** Runs `icacls`; rejects when it fails. */
  readonly icacls?: (args: readonly string[]) => Promise<unknown>;
}
export const SHARING_DEFAULTS: Required<Pick<SharingCalls, 'host' | 'icacls'>> = {
  host: process.platform === 'win32' ? 'windows' : 'posix',
  icacls: (args) => promisify(execFile)('icacls', [...args], { windowsHide: true }),
};

/** Rejects with `InvalidConfig` for settings of another system, and for a group or user that this one does not know. */
export async function sharingFor(
  settings: FileSystemPermissionSettings,
  calls: SharingCalls = {},
): Promise<Sharing> {
  const { host, icacls, ...sources } = { ...SHARING_DEFAULTS, ...calls };
  const checked = checkPermissions(settings, host);
  return checked.host === 'posix'
    ? posixSharing(checked, await groupId(checked.osGroup, sources))
    : windowsSharing(checked, icacls);
}

/** The sharing of one run: each directory is changed once. */
export class TargetPermissions {
  readonly #directories = new Map<string, Promise<void>>();

  constructor(
    readonly tree: TargetTree,
    readonly sharing: Sharing,
  ) {}

  file(file: fs.FileHandle, local: string | Buffer): Promise<void> {
    return this.sharing.file(file, local);
  }

  /** Changes the directories from that of the entry at `path` up to the root. Rejects with `PathOutsideRoot` for a path that leads elsewhere. */
  async directoriesAbove(path: string): Promise<void> {
    const host = SHARING_DEFAULTS.host;
    await this.#withParents(parentOf(targetPath(path, host)));
  }

  #withParents(path: string): Promise<void> {
    const known = this.#directories.get(path);
    if (known) return known;
    const above = path === '' ? Promise.resolve() : this.#withParents(parentOf(path));
    const changed = above.then(() => this.sharing.directory(this.tree, path));
    this.#directories.set(path, changed);
    return changed;
  }
}

type Posix = Extract<CheckedPermissions, { host: 'posix' }>;

function posixSharing({ osGroup, dirMode, fileMode }: Posix, gid: number): Sharing {
  const share = async (file: fs.FileHandle, bits: number): Promise<void> => {
    try {
      await shareOpen(file, gid, bits);
    } catch (error) {
      throw errnoOf(error) === 'EPERM' ? notMember(osGroup, error) : error;
    }
  };
  return {
    file: (file) => share(file, fileMode),
    directory: async (tree, path) => {
      const directory = await tree.openDirectory(path);
      try {
        await share(directory, dirMode);
      } finally {
        await directory.close();
      }
    },
  };
}

/** What is right already is left alone: the owner of a directory may be another user. */
async function shareOpen(file: fs.FileHandle, gid: number, bits: number): Promise<void> {
  const before = await file.stat();
  if (before.gid !== gid) await file.chown(before.uid, gid);
  const { mode } = before.gid === gid ? before : await file.stat(); // a new group may take bits away
  if ((mode & bits) !== bits) await file.chmod((mode & 0o7777) | bits);
}

function notMember(osGroup: string, cause: unknown): StorageError {
  return new StorageError(
    'LocalIo',
    `the files cannot be given to group ${JSON.stringify(osGroup)}: operation not permitted`,
    {
      operation: 'chown',
      errno: 'EPERM',
      cause,
      hint: 'the current user has to own the files and directories, and to be a member of the group',
    },
  );
}

type Windows = Extract<CheckedPermissions, { host: 'windows' }>;

async function windowsSharing(
  { osUser, dirMode, fileMode }: Windows,
  icacls: NonNullable<SharingCalls['icacls']>,
): Promise<Sharing> {
  // Changes nothing, but needs to know who the user is.
  await icacls([tmpdir(), '/findsid', osUser]).catch((cause: unknown) => {
    throw new StorageError('InvalidConfig', `there is no user ${JSON.stringify(osUser)} on this system`, {
      cause,
    });
  });
  const grant = async (path: string, permission: typeof fileMode): Promise<void> => {
    await icacls(grantArguments(path, osUser, permission)).catch((cause: unknown) => {
      const message = `${JSON.stringify(path)} cannot be shared with ${JSON.stringify(osUser)}`;
      throw new StorageError('LocalIo', message, { operation: 'icacls', path, cause });
    });
  };
  return {
    file: (_file, local) => grant(local.toString(), fileMode),
    directory: (tree, path) => grant(tree.localPath(path), dirMode),
  };
}
