/** Local copies of stored manifests, and the file that says where each is stored (spec/storage.md 1.8). */
import { randomBytes } from 'node:crypto';
import { promises as fs } from 'node:fs';
import { join } from 'node:path';
import { makeDirectories } from '../backends/make-directories.js';
import { readWholeFile } from '../backends/whole-file.js';
import { StorageError } from '../model/errors.js';
import { errnoOf, localIoError } from '../model/local-io.js';
import { parseTextDict, pythonDict } from '../model/python-literal.js';

/** Folder of the copies in the directory that is given, and the file of their keys in it. */
const FOLDER = 'manifests';
export const MAPPING_FILE = 'manifest_s3_mapping';

export interface LocalManifestRequest {
  /** Made when it is missing. */
  readonly manifestWriteDir: string;
  /** Begins the name of the folder, which is then `{rootDirName}_manifests`. */
  readonly rootDirName?: string | undefined;
  /** Name of the copy: that of the stored manifest. One that is there already is replaced. */
  readonly name: string;
  /** Full key under which the manifest is stored. */
  readonly s3Key: string;
  /** The stored bytes, or a file that has them. */
  readonly content:
    | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
    | { readonly kind: 'file'; readonly path: string };
}

/** Writes the copy, then its line, and gives the copy's path. Rejects with `NoSpace` or `LocalIo`; no half-written copy is left. */
export async function writeLocalManifest(request: LocalManifestRequest): Promise<string> {
  const { name, s3Key } = request;
  const folder = localManifestFolder(request.manifestWriteDir, request.rootDirName);
  const path = join(folder, name);
  const temporary = join(folder, `.ja-${randomBytes(8).toString('hex')}.part`);
  try {
    await makeDirectories(folder);
    await writeContent(temporary, request.content);
    await fs.rename(temporary, path);
    // One write of one line: writers side by side do not mix theirs.
    await fs.appendFile(join(folder, MAPPING_FILE), mappingLine({ localFile: name, s3Key }));
  } catch (error) {
    await fs.rm(temporary, { force: true }).catch(() => {});
    throw localIoError(error, { operation: 'writeLocalManifest', path, side: 'target' });
  }
  return path;
}

/** Folder of the local copies below `manifestWriteDir`. */
export function localManifestFolder(manifestWriteDir: string, rootDirName?: string): string {
  return join(manifestWriteDir, rootDirName === undefined ? FOLDER : `${rootDirName}_${FOLDER}`);
}

/** One line of the mapping file. */
export interface MappedManifest {
  /** Name of the copy, in the folder of the mapping file. */
  readonly localFile: string;
  readonly s3Key: string;
}

/** The line as Python writes it, with its line break. */
export function mappingLine({ localFile, s3Key }: MappedManifest): string {
  return `${pythonDict({ local_file: localFile, s3_key: s3Key })}\n`;
}

/**
 * The lines of the mapping file in `folder`, in their order; a line may be a Python dictionary
 * or JSON. No file is no lines. Rejects with `ManifestInvalid` naming the line that is neither.
 */
export async function readManifestMapping(folder: string): Promise<MappedManifest[]> {
  const path = join(folder, MAPPING_FILE);
  const text = await readWholeFile(path).catch((error: unknown) => {
    if (errnoOf(error) === 'ENOENT') return '';
    throw localIoError(error, { operation: 'readManifestMapping', path, side: 'source' });
  });
  const lines = text
    .toString()
    .split('\n')
    .map((line, index) => [line.trim(), index + 1] as const);
  return lines.filter(([line]) => line !== '').map(([line, number]) => mappedManifest(line, number, path));
}

function mappedManifest(line: string, number: number, path: string): MappedManifest {
  const { local_file: localFile, s3_key: s3Key } = parseTextDict(line) ?? {};
  if (localFile !== undefined && s3Key !== undefined) return { localFile, s3Key };
  throw new StorageError(
    'ManifestInvalid',
    `line ${number} of ${JSON.stringify(path)} is no dictionary of local_file and s3_key`,
    { path },
  );
}

async function writeContent(path: string, content: LocalManifestRequest['content']): Promise<void> {
  if (content.kind === 'file') await fs.copyFile(content.path, path, fs.constants.COPYFILE_EXCL);
  else await fs.writeFile(path, content.bytes, { flag: 'wx' });
}
