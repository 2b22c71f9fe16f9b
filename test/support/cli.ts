/** Runs the built command line as a real child process in a directory of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const CLI = fileURLToPath(new URL('../../dist/bin/rx-attachments.js', import.meta.url));

export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** A temporary directory with its own home, caches and configuration; nothing of the tester's is seen. */
export class Sandbox {
  readonly path = realpathSync(mkdtempSync(join(tmpdir(), 'rx-cli-')));
  readonly config = join(this.path, 'deadline-config');
  readonly #children = new Set<ChildProcess>();

  /** Writes files by relative path, and gives the directory that holds them. */
  tree(name: string, files: Readonly<Record<string, string | Uint8Array>>): string {
    const root = join(this.path, name);
    mkdirSync(root, { recursive: true });
    for (const [path, content] of Object.entries(files)) this.write(join(name, path), content);
    return root;
  }

  write(path: string, content: string | Uint8Array): string {
    const file = join(this.path, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    return file;
  }

  join(...parts: string[]): string {
    return join(this.path, ...parts);
  }

  env(more: Readonly<Record<string, string>> = {}): Record<string, string> {
    return {
      PATH: process.env['PATH'] ?? '',
      HOME: this.path,
      TERM: 'xterm',
      DEADLINE_CONFIG_FILE_PATH: this.config,
      RX_ATTACHMENTS_CACHE_DIR: this.join('cache'),
      ...more,
    };
  }

  start(args: readonly string[], options: CliOptions = {}): ChildProcess {
    return this.spawn(process.execPath, [CLI, ...args], options);
  }

  spawn(command: string, args: readonly string[], options: CliOptions = {}): ChildProcess {
    const child = spawn(command, args, { cwd: options.cwd ?? this.path, env: this.env(options.env) });
    this.#children.add(child);
    child.once('close', () => this.#children.delete(child));
    return child;
  }

  run(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
    return result(this.start(args, options));
  }

  /** Runs a shell command in which `$CLI` is the command line. */
  shell(script: string, options: CliOptions = {}): Promise<CliResult> {
    const env = { CLI: `${process.execPath} ${CLI}`, ...options.env };
    return result(this.spawn('bash', ['-c', script], { ...options, env }));
  }

  /** As {@link shell}, with a terminal as its standard streams; everything it shows is in `stdout`. */
  terminal(script: string, options: CliOptions = {}): Promise<CliResult> {
    const env = { CLI: `${process.execPath} ${CLI}`, SHELL: '/bin/bash', ...options.env };
    return result(this.spawn('script', ['-qec', script, '/dev/null'], { ...options, env }));
  }

  remove(): void {
    for (const child of this.#children) child.kill('SIGKILL');
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** Everything a child wrote, and how it ended. */
export function result(child: ChildProcess): Promise<CliResult> {
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
}

/** Relative paths and contents of all files below a directory. */
export function filesBelow(root: string): Record<string, string> {
  const names = readdirSync(root, { recursive: true }).map(String).sort();
  const files = names.filter((name) => statSync(join(root, name)).isFile());
  return Object.fromEntries(files.map((name) => [name, readFileSync(join(root, name), 'latin1')]));
}
