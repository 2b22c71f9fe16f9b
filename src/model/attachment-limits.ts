/** Whether a payload is one that CreateJob takes (spec/files-and-submission.md 7.2), found out before anything is hashed. */
import { ATTACHMENT_LIMITS, type ManifestProperties } from './attachments.js';
import { StorageError } from './errors.js';
import { quoted } from './quoted.js';

const LOCATION_NAME = /^[0-9A-Za-z ]+$/;

/** `manifests` if the service takes them. Throws `InvalidConfig` naming member and root. */
export function checkAttachmentLimits<M extends readonly ManifestProperties[]>(manifests: M): M {
  if (manifests.length > ATTACHMENT_LIMITS.manifests) {
    const roots = manifests.map(({ rootPath }) => quoted(rootPath)).join(', ');
    throw refused(
      `manifests: a job takes at most ${ATTACHMENT_LIMITS.manifests} roots, not ${manifests.length} (${roots})`,
    );
  }
  for (const one of manifests) checkManifest(one);
  return manifests;
}

function checkManifest(one: ManifestProperties): void {
  const { rootPath, fileSystemLocationName, inputManifestPath, inputManifestHash } = one;
  checkLength('rootPath', rootPath, ATTACHMENT_LIMITS.rootPathLength, rootPath);
  if (fileSystemLocationName !== undefined) checkName(fileSystemLocationName, rootPath);
  if (inputManifestPath !== undefined) {
    checkLength('inputManifestPath', inputManifestPath, ATTACHMENT_LIMITS.inputManifestPathLength, rootPath);
  }
  if (inputManifestHash !== undefined) {
    checkLength('inputManifestHash', inputManifestHash, ATTACHMENT_LIMITS.inputManifestHashLength, rootPath);
  }
  checkOutputs(one.outputRelativeDirectories ?? [], rootPath);
}

function checkName(name: string, rootPath: string): void {
  checkLength('fileSystemLocationName', name, ATTACHMENT_LIMITS.locationNameLength, rootPath);
  if (LOCATION_NAME.test(name)) return;
  throw refused(
    `fileSystemLocationName of the root ${quoted(rootPath)}: ${quoted(name)} holds other characters than ASCII letters, digits and spaces`,
  );
}

function checkOutputs(outputs: readonly string[], rootPath: string): void {
  if (outputs.length > ATTACHMENT_LIMITS.outputDirectories) {
    throw refused(
      `outputRelativeDirectories of the root ${quoted(rootPath)}: ${outputs.length} directories are more than ${ATTACHMENT_LIMITS.outputDirectories}`,
    );
  }
  for (const output of outputs) {
    checkLength('outputRelativeDirectories', output, ATTACHMENT_LIMITS.outputDirectoryLength, rootPath);
  }
}

function checkLength(member: string, value: string, limit: number, rootPath: string): void {
  const length = value.length > limit ? Array.from(value).length : value.length;
  if (length >= 1 && length <= limit) return;
  throw refused(
    `${member} of the root ${quoted(rootPath)}: ${quoted(value)} has ${length} characters; 1 to ${limit} are allowed`,
  );
}

function refused(problem: string): StorageError {
  return new StorageError('InvalidConfig', `CreateJob would refuse the attachments: ${problem}`);
}
