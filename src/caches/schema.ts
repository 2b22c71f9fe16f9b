/** The tables of both cache files: Python's, text by text, and our own (spec/storage.md 5.2, 5.3). */
import type { CacheKind } from './cache-messages.js';

export interface TableSchema {
  readonly name: string;
  /** Names in order; a table with others is somebody else's, and its file is left alone. */
  readonly columns: readonly string[];
  /** How the table is made when it is missing; tables of older releases are only read. */
  readonly create?: string;
}

const V4: TableSchema = {
  name: 'hashesV4',
  columns: ['file_path', 'hash_algorithm', 'range_start', 'range_end', 'file_hash', 'last_modified_time'],
  create:
    'CREATE TABLE IF NOT EXISTS hashesV4(file_path blob, hash_algorithm text, range_start integer, range_end integer, file_hash text, last_modified_time timestamp, PRIMARY KEY (file_path, hash_algorithm, range_start, range_end))',
};
const OLDER_COLUMNS = ['file_path', 'hash_algorithm', 'file_hash', 'last_modified_time'];
const V3: TableSchema = { name: 'hashesV3', columns: OLDER_COLUMNS };
const V2: TableSchema = { name: 'hashesV2', columns: OLDER_COLUMNS };
const TS_V1: TableSchema = {
  name: 'tsHashesV1',
  columns: ['path', 'alg', 'range_start', 'range_end', 'size', 'mtime_ns', 'ctime_ns', 'hash', 'written'],
  create:
    'CREATE TABLE IF NOT EXISTS tsHashesV1(path blob, alg text, range_start integer, range_end integer, size integer, mtime_ns integer, ctime_ns integer, hash text, written integer, primary key(path, alg, range_start, range_end)) without rowid',
};
const CHECK_V1: TableSchema = {
  name: 's3checkV1',
  columns: ['s3_key', 'last_seen_time'],
  create: 'CREATE TABLE IF NOT EXISTS s3checkV1(s3_key text primary key, last_seen_time timestamp)',
};

export const SCHEMAS: Readonly<Record<CacheKind, readonly TableSchema[]>> = {
  hash: [V4, V3, V2, TS_V1],
  check: [CHECK_V1],
};

export const CACHE_FILES: Readonly<Record<CacheKind, string>> = {
  hash: 'hash_cache.db',
  check: 's3_check_cache.db',
};
