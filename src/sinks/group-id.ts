/**
 * Number of a group, which Node cannot look up: as a number, in the group file, or as the
 * name service answers (spec/storage.md 4.5). Knows no file that the group is for.
 */
import { execFile } from 'node:child_process';
import { promises as fs } from 'node:fs';
import { StorageError } from '../model/errors.js';

export interface GroupSources {
  /** Text of the group file; empty where there is none. */
  readonly groupFile?: () => Promise<string>;
  /** The name service's line for a name; empty when it knows none, or there is no such service. */
  readonly nameService?: (name: string) => Promise<string>;
}
export const GROUP_SOURCES_DEFAULTS: Required<GroupSources> = {
  groupFile: () => fs.readFile('/etc/group', 'utf8').catch(() => ''),
  nameService: getent,
};

/** The last number means "no change" to the system. */
const MAX_ID = 2 ** 32 - 2;

/** Rejects with `InvalidConfig` for a group that nobody knows. */
export async function groupId(group: string, sources: GroupSources = {}): Promise<number> {
  const { groupFile, nameService } = { ...GROUP_SOURCES_DEFAULTS, ...sources };
  const id = /^\d+$/.test(group)
    ? Number(group)
    : (idIn(await groupFile(), group) ?? idIn(await nameService(group), group));
  if (id !== undefined && id <= MAX_ID) return id;
  throw new StorageError(
    'InvalidConfig',
    `there is no group ${JSON.stringify(group)} on this system: give the name or number of one`,
  );
}

/** Lines are `name:password:number:members`. */
function idIn(text: string, group: string): number | undefined {
  for (const line of text.split('\n')) {
    const [name, , id] = line.split(':');
    if (name === group && id !== undefined && /^\d+$/.test(id)) return Number(id);
  }
  return undefined;
}

const LOOKUP_TIMEOUT_MS = 30_000;

function getent(name: string): Promise<string> {
  if (name.startsWith('-')) return Promise.resolve(''); // no group, but an option of the command
  return new Promise((resolve) => {
    execFile('getent', ['group', name], { timeout: LOOKUP_TIMEOUT_MS }, (error, stdout) => {
      resolve(error ? '' : stdout);
    });
  });
}
