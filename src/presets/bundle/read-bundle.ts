/**
 * The documents of a job bundle from its directory (spec/files-and-submission.md 7.3). Looks and reads; what the
 * documents mean is the model's.
 */
import { type Dirent, promises as fs } from 'node:fs';
import { join, resolve } from 'node:path';
import { readWholeFile } from '../../backends/whole-file.js';
import { BundleError } from '../../model/bundle-error.js';
import {
  type BundleFile,
  type BundleFileName,
  type BundleFileType,
  checkInsideBundle,
  chooseBundleFile,
  notABundle,
  parseBundleFile,
  withJobName,
} from '../../model/bundle-files.js';
import type { DocumentValue } from '../../model/document-value.js';
import { jsonDocumentText, parseJsonDocument } from '../../model/json-document.js';
import { localIoReason } from '../../model/local-io.js';
import type { BundleDocuments } from '../../model/plan-bundle.js';
import { CancelledError } from '../../pipeline/errors.js';
import { hostFormat } from '../host-format.js';
import { realPathOf } from '../real-path.js';
import { yamlParser } from './yaml-parser.js';

export interface ReadBundleOptions {
  /** Another name for the job, in place of the template's. */
  readonly name?: string;
  /** A relative `bundleDir` is below it. Default: that of the process. */
  readonly cwd?: string;
  /** Ends the reading within one entry, with `CancelledError`. */
  readonly signal?: AbortSignal;
}

export interface Bundle extends BundleDocuments {
  /** As given; errors show it. */
  readonly bundleDir: string;
  /** The template as it is sent: as it stands in its file but for line breaks, or written anew for another name. */
  readonly templateText: string;
  readonly templateType: BundleFileType;
}

/**
 * Reads a bundle. Rejects with `BundleError` (code `DeadlineOperationError`) naming file and place: no directory, a
 * path in it that leads out of it, no template or two, a document that cannot be read or parsed.
 */
export async function readBundle(bundleDir: string, options: ReadBundleOptions = {}): Promise<Bundle> {
  const { name, cwd = process.cwd(), signal } = options;
  const directory = resolve(cwd, bundleDir);
  await checkContainment(directory, bundleDir, signal);
  const names = await fileNames(directory, bundleDir);
  const read = (file: BundleFileName): Promise<ReadDocument | undefined> =>
    readDocument(file, names, directory, bundleDir);
  const template = await read('template');
  if (template === undefined) throw notABundle(bundleDir); // `chooseBundleFile` has refused a bundle without one
  const document = name === undefined ? template.document : withJobName(template.document, name, bundleDir);
  const parameterValues = (await read('parameter_values'))?.document;
  const assetReferences = (await read('asset_references'))?.document;
  throwIfCancelled(signal);
  return {
    bundleDir,
    templateText: name === undefined ? template.text : await textOf(document, template.type),
    templateType: template.type,
    template: document,
    parameterValues,
    assetReferences,
  };
}

async function textOf(document: DocumentValue | undefined, type: BundleFileType): Promise<string> {
  if (type === 'JSON') return jsonDocumentText(document ?? null);
  const { yamlText } = await import('./yaml-text.js');
  return yamlText(document ?? null);
}

/** Only a link can lead out of the bundle, and linked directories are not entered. */
async function checkContainment(directory: string, bundleDir: string, signal?: AbortSignal): Promise<void> {
  const root = await realPathOf(directory);
  const found = await fs.stat(root).catch(() => undefined);
  if (found?.isDirectory() !== true) throw notABundle(bundleDir);
  const waiting = [root];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const entry of await entriesOf(next)) {
      throwIfCancelled(signal);
      const path = join(next, entry.name);
      if (entry.isDirectory()) waiting.push(path);
      else if (!entry.isFile())
        checkInsideBundle({ path, realPath: await realPathOf(path) }, root, hostFormat);
    }
  }
}

/** Nothing of a directory that cannot be listed can be taken from the bundle. */
async function entriesOf(directory: string): Promise<Dirent[]> {
  return fs.readdir(directory, { withFileTypes: true }).catch(() => []);
}

function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new CancelledError(undefined, { cause: signal.reason });
}

const FILES: readonly BundleFileName[] = ['template', 'parameter_values', 'asset_references'];

/** Which of the files that a bundle may have are there, links followed. */
async function fileNames(directory: string, bundleDir: string): Promise<ReadonlySet<string>> {
  const candidates = FILES.flatMap((file) => [`${file}.json`, `${file}.yaml`]);
  const found = await Promise.all(
    candidates.map(async (name) => {
      const stat = await fs.stat(join(directory, name)).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT' || error.code === 'ENOTDIR' || error.code === 'ELOOP') return undefined;
        throw unreadable(name, bundleDir, error);
      });
      return stat?.isFile() === true ? [name] : [];
    }),
  );
  return new Set(found.flat());
}

interface ReadDocument {
  readonly text: string;
  readonly type: BundleFileType;
  readonly document: DocumentValue | undefined;
}

async function readDocument(
  name: BundleFileName,
  names: ReadonlySet<string>,
  directory: string,
  bundleDir: string,
): Promise<ReadDocument | undefined> {
  const file = chooseBundleFile(name, names, bundleDir);
  if (file === undefined) return undefined;
  const text = await readText(file, directory, bundleDir);
  const parse = file.type === 'YAML' ? await yamlParser() : parseJsonDocument;
  return { text, type: file.type, document: parseBundleFile(file, text, parse) };
}

/** Bytes of one file: a parsed document takes many times as much memory. */
const MAX_BYTES: Readonly<Record<BundleFileType, number>> = { JSON: 64 << 20, YAML: 16 << 20 };

/** The file as Python opens one: UTF-8, every line break a `\n`. */
async function readText({ name, type }: BundleFile, directory: string, bundleDir: string): Promise<string> {
  const path = join(directory, name);
  try {
    const { size } = await fs.stat(path);
    if (size > MAX_BYTES[type]) throw tooLarge(name, type, bundleDir);
    const text = decodeUtf8(await readWholeFile(path));
    if (text !== undefined) return text.replace(/\r\n?/g, '\n');
  } catch (error) {
    throw error instanceof BundleError ? error : unreadable(name, bundleDir, error);
  }
  throw new BundleError(`Error loading '${name}':\nthe file is not UTF-8`, { file: baseName(name) });
}

function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function tooLarge(name: string, type: BundleFileType, bundleDir: string): BundleError {
  const limit = `${MAX_BYTES[type] >> 20} MiB`;
  return new BundleError(`'${name}' has more than ${limit}, which is too much for ${type}:\n${bundleDir}`, {
    file: baseName(name),
  });
}

function unreadable(name: string, bundleDir: string, cause: unknown): BundleError {
  return new BundleError(`'${name}' cannot be read: ${localIoReason(cause)}:\n${bundleDir}`, {
    file: baseName(name),
    cause,
  });
}

function baseName(name: string): string {
  return name.replace(/\.[a-z]+$/, '');
}
