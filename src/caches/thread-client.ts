/**
 * The caller's side of the thread that owns a cache file. Starts the thread with the first call,
 * answers "not known" once the thread or its file is of no use, and passes each kind of warning
 * on once. Loads no SQLite. A waiting call keeps the process alive, an idle thread does not.
 */
import { Worker } from 'node:worker_threads';
import type { Reply, ThreadJob } from './cache-messages.js';

export type CacheWarn = (message: string, fields: Readonly<Record<string, unknown>>) => void;

/** Threads work on short batches: a small young generation is enough, and 40 MB less in all. */
const THREAD_LIMITS = { maxYoungGenerationSizeMb: 4 };

export class ThreadClient {
  private worker: Worker | undefined;
  private off = false;
  private lastId = 0;
  private readonly waiting = new Map<number, (value: unknown) => void>();
  private readonly warned = new Set<string>();

  constructor(
    private readonly threadFile: URL,
    private readonly job: ThreadJob,
    private readonly warn: CacheWarn,
  ) {}

  /** The thread's answer, or `undefined` when there is none to be had. */
  call(name: string, data?: unknown): Promise<unknown> {
    if (this.off) return Promise.resolve(undefined);
    this.worker ??= this.start();
    const id = ++this.lastId;
    if (this.waiting.size === 0) this.worker.ref();
    this.worker.postMessage({ id, name, data });
    return new Promise((resolve) => this.waiting.set(id, resolve));
  }

  /** Whether a thread was ever needed. */
  get started(): boolean {
    return this.worker !== undefined;
  }

  async close(): Promise<void> {
    if (this.worker !== undefined && !this.off) await this.call('close');
    await this.turnOff();
  }

  private start(): Worker {
    // Flags of the main thread, such as `--input-type`, do not fit a compiled file.
    const worker = new Worker(this.threadFile, {
      workerData: this.job,
      execArgv: [],
      resourceLimits: THREAD_LIMITS,
    });
    worker.on('message', (message: Reply) => this.receive(message));
    worker.on('error', (error) => this.fail(error.message));
    worker.on('exit', () => this.fail('its thread ended'));
    return worker;
  }

  private receive(message: Reply): void {
    if ('warning' in message) {
      const { topic, message: text, fields } = message.warning;
      this.warnOnce(topic, text, fields);
    } else if ('off' in message) {
      void this.turnOff();
    } else {
      this.settle(message.id, message.value);
    }
  }

  private settle(id: number, value: unknown): void {
    this.waiting.get(id)?.(value);
    this.waiting.delete(id);
    // Not while it is ended: the process would be over before its exit, for which close waits.
    if (this.waiting.size === 0 && !this.off) this.worker?.unref();
  }

  private fail(why: string): void {
    if (this.off) return;
    const { file } = this.job;
    this.warnOnce('problem', `the cache ${file} is not used any more in this run: ${why}`, { file });
    void this.turnOff();
  }

  private async turnOff(): Promise<void> {
    this.off = true;
    for (const resolve of this.waiting.values()) resolve(undefined);
    this.waiting.clear();
    await this.worker?.terminate();
  }

  private warnOnce(topic: string, message: string, fields: Readonly<Record<string, unknown>>): void {
    if (this.warned.has(topic)) return;
    this.warned.add(topic);
    this.warn(message, fields);
  }
}
