"""Submits a directory as the Python library's users do: every file of a walk, hashed and uploaded by S3AssetManager.

Argument: JSON {root, bucket, prefix, cacheDir, upload}. Prints JSON: the manifest's text, the object keys that the
library makes for it, statistics of both steps, and the attachments. With upload false it only hashes.
"""

import dataclasses
import json
import logging
import os
import sys

from deadline.job_attachments.models import JobAttachmentS3Settings
from deadline.job_attachments.upload import S3AssetManager

logging.disable(logging.WARNING)  # links that lead nowhere are warned about
request = json.loads(sys.argv[1])
settings = JobAttachmentS3Settings(request["bucket"], request["prefix"])
manager = S3AssetManager("farm-1", "queue-1", job_attachment_settings=settings)
inputs = [os.path.join(folder, name) for folder, _, names in os.walk(request["root"]) for name in names]
group = manager.prepare_paths_for_upload(inputs, [], [])
hashing, manifests = manager.hash_assets_and_create_manifest(
    group.asset_groups, group.total_input_files, group.total_input_bytes, hash_cache_dir=request["cacheDir"]
)
(found,) = manifests
manifest = found.asset_manifest
uploader = manager.asset_uploader
answer = {
    "root": found.root_path,
    "manifest": manifest.encode(),
    "keys": [uploader._generate_s3_upload_key(path, manifest.hashAlg, settings.full_cas_prefix()) for path in manifest.paths],
    "hashing": dataclasses.asdict(hashing),
}
if request["upload"]:
    uploading, attachments = manager.upload_assets(manifests, s3_check_cache_dir=request["cacheDir"])
    answer["uploading"] = dataclasses.asdict(uploading)
    answer["attachments"] = attachments.to_dict()
print(json.dumps(answer))
