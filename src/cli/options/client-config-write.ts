/**
 * The one thing that is written to the client library's configuration: the default job, which `bundle submit` sets
 * (spec/worker-and-cli.md 4.2). Everything else in the file stays as it is.
 */
import { randomBytes } from 'node:crypto';
import { promises as fs, type Stats } from 'node:fs';
import { dirname } from 'node:path';
import { localIoReason, makeDirectories } from '../../index.js';
import { UsageError } from '../errors.js';
import { readClientConfig } from './client-config.js';
import { withIniValue } from './ini-edit.js';

/** The job, and what its section is named after. */
export interface DefaultJob {
  /** Default: the one that the library calls `(default)`. */
  readonly profile?: string | undefined;
  readonly farmId: string;
  readonly queueId: string;
  readonly jobId: string;
}

/**
 * Makes the job the default one of its queue; the file that was changed. It is replaced as a whole, keeps its mode, and
 * is made when it is missing. Rejects with {@link UsageError} for a file that cannot be read, understood or written:
 * the job exists all the same.
 */
export async function writeDefaultJob(
  env: Readonly<Record<string, string | undefined>>,
  { profile = '(default)', farmId, queueId, jobId }: DefaultJob,
): Promise<string> {
  const { file } = readClientConfig(env); // refuses a file that is no configuration
  const section = `profile-${profile} ${farmId} ${queueId} defaults`;
  if (/[\r\n\]]/.test(`${section}${jobId}`)) {
    throw new UsageError(`${JSON.stringify(section)} cannot be the name of a section in ${file}`);
  }
  try {
    await change(file, (text) => withIniValue(text, section, 'job_id', jobId));
  } catch (cause) {
    throw new UsageError(`the configuration file ${file} cannot be changed: ${localIoReason(cause)}`, {
      cause,
    });
  }
  return file;
}

/** The mode of a new file: it may name things of a studio. */
const NEW_MODE = 0o600;

async function change(file: string, edit: (text: string) => string): Promise<void> {
  const path = await fs.realpath(file).catch(() => file); // a link stays a link
  const stat = await fs.stat(path).catch(() => undefined);
  if (stat && !stat.isFile()) throw new Error('it is not a regular file'); // a rename would put one in its place
  const text = await readText(path);
  const changed = edit(text);
  if (changed === text) return;
  await makeDirectories(dirname(path));
  const temporary = `${path}.${randomBytes(8).toString('hex')}.tmp`;
  try {
    await writeLike(temporary, changed, stat);
    await fs.rename(temporary, path);
  } catch (error) {
    await fs.rm(temporary, { force: true });
    throw error;
  }
}

async function readText(path: string): Promise<string> {
  const bytes = await fs.readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return Buffer.alloc(0);
    throw error;
  });
  const text = bytes.toString('utf8');
  if (!Buffer.from(text, 'utf8').equals(bytes)) throw new Error('it is not UTF-8');
  return text;
}

async function writeLike(path: string, text: string, stat: Stats | undefined): Promise<void> {
  const handle = await fs.open(path, 'wx', NEW_MODE);
  try {
    await handle.writeFile(text);
    if (stat) {
      await handle.chown(stat.uid, stat.gid).catch(() => {}); // only root may give files away
      await handle.chmod(stat.mode & 0o7777);
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
}
