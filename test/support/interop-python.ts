/** The scripts of `test/interop` that run the Python library, with what they take and answer. */
import { readFileSync } from 'node:fs';
import { runPythonJson } from './peers.js';
import type { VersityServer } from './versity-server.js';

/** Statistics as the Python library names them. */
export interface PythonStatistics {
  readonly total_files: number;
  readonly total_bytes: number;
  readonly processed_files: number;
  readonly processed_bytes: number;
  readonly skipped_files: number;
  readonly skipped_bytes: number;
}

export interface PythonSubmit {
  readonly root: string;
  /** The manifest's text. */
  readonly manifest: string;
  /** Object key of each manifest entry. */
  readonly keys: readonly string[];
  readonly hashing: PythonStatistics;
}

export interface PythonUpload extends PythonSubmit {
  readonly uploading: PythonStatistics;
  readonly attachments: {
    readonly manifests: readonly {
      readonly rootPath: string;
      readonly rootPathFormat: string;
      readonly inputManifestPath: string;
      readonly inputManifestHash: string;
    }[];
  };
}

export interface PythonPlace {
  readonly bucket: string;
  readonly prefix: string;
}

export interface PythonSource extends PythonPlace {
  readonly root: string;
  readonly cacheDir: string;
}

/** Hashes the files of a directory and makes their manifest; sends nothing. */
export async function hashedByPython(server: VersityServer, source: PythonSource): Promise<PythonSubmit> {
  return (await runScript(server, 'submit.py', { ...source, upload: false })) as PythonSubmit;
}

export async function submittedByPython(server: VersityServer, source: PythonSource): Promise<PythonUpload> {
  return (await runScript(server, 'submit.py', { ...source, upload: true })) as PythonUpload;
}

export async function downloadedByPython(
  server: VersityServer,
  request: PythonPlace & { readonly key: string; readonly root: string },
): Promise<{
  assetRoot: string | null;
  processedFiles: number;
  processedBytes: number;
  skippedFiles: number;
}> {
  return (await runScript(server, 'download.py', request)) as Awaited<ReturnType<typeof downloadedByPython>>;
}

export async function cachesReadByPython(
  server: VersityServer,
  request: { readonly cacheDir: string; readonly paths: readonly string[]; readonly keys: readonly string[] },
): Promise<{ hashes: (string | null)[]; seen: boolean[]; integrity: string[] }> {
  return (await runScript(server, 'caches.py', request)) as Awaited<ReturnType<typeof cachesReadByPython>>;
}

/** Runs `test/interop/{name}` with one argument, as JSON. */
export function runScript(server: VersityServer, name: string, argument: unknown): Promise<unknown> {
  const script = readFileSync(new URL(`../interop/${name}`, import.meta.url), 'utf8');
  return runPythonJson(script, { env: server.env(), args: [JSON.stringify(argument)] });
}
