/** What becomes of a file whose name is taken (spec/storage.md 4.3): what is there stays, is replaced, or the file steps aside. */
export type ConflictResolution = 'SKIP' | 'OVERWRITE' | 'CREATE_COPY';
