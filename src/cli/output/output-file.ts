/** The file of `--redirect-output`, in place of standard output and standard error. */
import { createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { localIoReason } from '../../index.js';
import { UsageError } from '../errors.js';
import type { CliStream } from './text-stream.js';

/** Opens the file, made when it is missing. Rejects with {@link UsageError} where that cannot be. */
export async function openOutputFile(path: string, mode: 'append' | 'replace'): Promise<CliStream> {
  try {
    const handle = await open(path, mode === 'append' ? 'a' : 'w');
    return createWriteStream(path, { fd: handle });
  } catch (cause) {
    throw new UsageError(`--redirect-output ${path} cannot be written: ${localIoReason(cause)}`, { cause });
  }
}
