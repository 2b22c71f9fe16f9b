/**
 * Writes of the directory store: bytes, files, parts of files and joined parts become
 * objects, verified before they get their name. An object with metadata gets its sidecar
 * just before that; one without loses the sidecar of its predecessor.
 */
import type { Xxh128 } from '../../model/hasher.js';
import { checkBytes, checkDigest, checkFileDigest, type Details } from '../contract.js';
import type { ObjectSubject } from '../errors.js';
import { PIECE_BYTES, readSource, type SourceRequest, withSource } from '../source-file.js';
import type { PutOptions } from '../storage-client.js';
import { ToldBytes } from '../told-bytes.js';
import type { FileCalls } from './file-calls.js';
import type { Fill, Publication, Publisher } from './publish.js';
import type { Reader } from './read.js';
import type { Reflinks } from './reflink.js';
import type { Sidecars } from './sidecar.js';

/** The object that is written. */
export interface Target {
  readonly subject: ObjectSubject;
  /** Absolute path of its file. */
  readonly path: string;
  readonly options: PutOptions | undefined;
  readonly details: Details | undefined;
}

/** Hands on the object's bytes in order. */
export type Producer = (consume: (piece: Uint8Array) => Promise<void>) => Promise<unknown>;

export class Writer {
  constructor(
    private readonly parts: {
      readonly publisher: Publisher;
      readonly sidecars: Sidecars;
      readonly reader: Reader;
      readonly reflinks: Reflinks;
      readonly calls: FileCalls;
      readonly hash: Xxh128;
    },
  ) {}

  async bytes(target: Target, data: Uint8Array): Promise<boolean> {
    checkBytes(this.parts.hash, data, target.options, target.subject);
    const written = new Written(target.options, data.length);
    const { pace } = target.options ?? {};
    return this.#commit(target, written, (publication) =>
      this.parts.publisher.write(publication, async (write) => {
        if (!pace) return write(data, 0);
        for (let done = 0; done < data.length; done += PIECE_BYTES) {
          const piece = data.subarray(done, done + PIECE_BYTES);
          await pace(piece.length);
          await write(piece, done);
          written.reached(done + piece.length);
        }
      }),
    );
  }

  /** Bytes of unknown length that arrive in order. A wrong digest is `ChecksumMismatch`. */
  async pieces(target: Target, produce: Producer): Promise<boolean> {
    return this.#stream(target, produce, (digest) => checkDigest(digest, target.options, target.subject));
  }

  /** A file, or the request's range of it. A wrong digest is `FileChanged`. */
  async file(target: Target, request: SourceRequest): Promise<boolean> {
    const cloned = request.range ? undefined : await this.#clone(target, request);
    if (cloned !== undefined) return cloned;
    const check = this.#checkFile(target, request.path);
    return this.#stream(target, (consume) => readSource(request, consume), check);
  }

  async #stream(target: Target, produce: Producer, check: (digest: string) => void): Promise<boolean> {
    const written = new Written(target.options);
    const fill: Fill = async (write) => {
      const digest = target.options?.xxh128 === undefined ? undefined : this.parts.hash.create();
      await produce(async (piece) => {
        digest?.update(piece);
        await target.options?.pace?.(piece.length);
        await write(piece, written.size);
        written.size += piece.length;
        written.reached(written.size);
      });
      if (digest) check(digest.digest());
    };
    return this.#commit(target, written, (publication) => this.parts.publisher.write(publication, fill));
  }

  /** `undefined` when blocks cannot be shared. A promised digest is checked on the copy, which nobody changes. */
  async #clone(target: Target, request: SourceRequest): Promise<boolean | undefined> {
    const { publisher, reflinks, calls, hash } = this.parts;
    const written = new Written(target.options);
    const create = async (temporary: string): Promise<void> => {
      await withSource(request, async (_handle, stats) => {
        const { dev, size } = stats;
        written.size = size;
        if (!(await reflinks.copy({ path: request.path, dev, size }, temporary))) throw new CannotClone();
        if ((await calls.lstat(temporary)).size !== size) throw new CannotClone(); // the name led elsewhere meanwhile
      });
      await target.options?.pace?.(0);
      if (target.options?.xxh128 === undefined) return;
      const digest = hash.create();
      await readSource({ ...request, path: temporary }, (piece, position) => {
        digest.update(piece);
        written.reached(position + piece.length);
      });
      this.#checkFile(target, request.path)(digest.digest());
    };
    try {
      return await this.#commit(target, written, (publication) => publisher.publish(publication, create));
    } catch (error) {
      if (error instanceof CannotClone) return undefined;
      throw error;
    }
  }

  #checkFile({ options, subject }: Target, path: string): (digest: string) => void {
    return (digest) => checkFileDigest(digest, options, { ...subject, path });
  }

  /** Publishes, with what has to happen to the sidecar. */
  async #commit(
    target: Target,
    written: Written,
    publish: (publication: Publication) => Promise<boolean>,
  ): Promise<boolean> {
    const { path, options, details } = target;
    const { sidecars } = this.parts;
    const ifAbsent = options?.ifAbsent === true;
    const publication = { path, ifAbsent, signal: options?.signal };
    const created = await this.#published(target, publication, written, publish);
    written.reached(created ? written.size : 0);
    if (created && !details && !ifAbsent) await sidecars.remove(path);
    return created;
  }

  #published(
    target: Target,
    publication: Publication,
    written: Written,
    publish: (publication: Publication) => Promise<boolean>,
  ): Promise<boolean> {
    const { path, details } = target;
    const { sidecars, reader } = this.parts;
    if (!details) return publish(publication);
    const prepare = async (): Promise<boolean> => {
      if (publication.ifAbsent && (await reader.isThere(path))) return false;
      await sidecars.write(path, written.size, details);
      return true;
    };
    return sidecars.alone(path, () => publish({ ...publication, prepare }));
  }
}

/** What one write has written. */
class Written extends ToldBytes {
  constructor(
    options: PutOptions | undefined,
    public size = 0,
  ) {
    super(options?.onBytes);
  }
}

/** Ends an attempt to share blocks; never leaves this file. */
class CannotClone extends Error {}
