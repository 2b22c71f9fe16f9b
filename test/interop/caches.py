"""Reads the cache files with the Python library's own classes.

Argument: JSON {cacheDir, paths, keys}. Prints JSON: for each path its hash and for each key whether it was seen, as the
library answers, and what SQLite says of each file's integrity.
"""

import json
import os
import sqlite3
import sys

from deadline.job_attachments.asset_manifests import HashAlgorithm
from deadline.job_attachments.caches import HashCache, S3CheckCache

request = json.loads(sys.argv[1])
folder = request["cacheDir"]


def integrity(name):
    with sqlite3.connect(os.path.join(folder, name)) as database:
        return database.execute("PRAGMA integrity_check").fetchone()[0]


with HashCache(folder) as hashes:
    entries = [hashes.get_entry(path, HashAlgorithm.XXH128) for path in request["paths"]]
with S3CheckCache(folder) as checks:
    seen = [checks.get_entry(key) is not None for key in request["keys"]]
print(
    json.dumps(
        {
            "hashes": [entry and entry.file_hash for entry in entries],
            "seen": seen,
            "integrity": [integrity("hash_cache.db"), integrity("s3_check_cache.db")],
        }
    )
)
