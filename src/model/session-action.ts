/** Ids of session actions inside the folder names of output manifests (spec/storage.md 1.6 and 1.7). */
import { StorageError } from './errors.js';
import { SIDECAR_SUFFIX } from './metadata.js';

/** What the id of a session action looks like; newer releases of the Python client accept no other. */
const SESSION_ACTION_ID = /^sessionaction-[^/-]+-[^/-]+$/;

export function isSessionActionId(text: string): boolean {
  return SESSION_ACTION_ID.test(text);
}

/** The id in a folder named `{timestamp}_{sessionActionId}`; nothing where the part after the first `_` is no id. */
export function sessionActionIdOf(folder: string): string | undefined {
  const cut = folder.indexOf('_');
  const id = cut < 0 ? '' : folder.slice(cut + 1);
  return isSessionActionId(id) ? id : undefined;
}

/** A key split where its last two segments begin; nothing for a key without a folder. */
export interface FolderAndName {
  readonly folder: string;
  readonly name: string;
}

export function folderAndName(key: string): FolderAndName | undefined {
  const segments = key.split('/');
  const [folder = '', name = ''] = segments.slice(-2);
  return segments.length < 2 || folder === '' || name === '' ? undefined : { folder, name };
}

/**
 * Whether a manifest's name says that it holds outputs: writers end it in `_output`, readers take any that contains it. The
 * sidecar of one, which a directory store that was copied to S3 brings along, is no manifest.
 */
export function isOutputName(name: string): boolean {
  return name.includes('output') && !name.endsWith(SIDECAR_SUFFIX);
}

/**
 * Whether `key` is an output manifest of the session action `id`, at any depth. Ids are
 * compared whole: `sessionaction-a-1` is not `sessionaction-a-12`.
 */
export function isOutputOfSessionAction(key: string, id: string): boolean {
  const { folder = '', name = '' } = folderAndName(key) ?? {};
  return folder.endsWith(`_${id}`) && isOutputName(name);
}

/** `id` if it may be looked up. Throws `InvalidConfig` for an empty one, which would fit every folder. */
export function checkSessionActionId(id: string): string {
  if (id !== '') return id;
  throw new StorageError('InvalidConfig', 'the session action id is empty');
}
