"""Attaches paths as a program does that calls S3AssetManager itself, and keeps the manifests in a directory too.

Argument: JSON {bucket, prefix, inputs, outputs, references, locations, cacheDir, manifestWriteDir}. Prints JSON:
{attachments, hashing, uploading}.
"""

import dataclasses
import json
import sys

import boto3
from deadline.job_attachments.models import (
    FileSystemLocation,
    FileSystemLocationType,
    JobAttachmentS3Settings,
    StorageProfile,
    StorageProfileOperatingSystemFamily,
)
from deadline.job_attachments.upload import S3AssetManager

request = json.loads(sys.argv[1])
locations = [
    FileSystemLocation(each["name"], each["path"], FileSystemLocationType(each["type"])) for each in request["locations"]
]
profile = StorageProfile("sp-1", "Studio", StorageProfileOperatingSystemFamily.LINUX, locations)
settings = JobAttachmentS3Settings(request["bucket"], request["prefix"])
manager = S3AssetManager("farm-1", "queue-1", settings, session=boto3.Session())
group = manager.prepare_paths_for_upload(request["inputs"], request["outputs"], request["references"], profile)
hashing, manifests = manager.hash_assets_and_create_manifest(
    group.asset_groups, group.total_input_files, group.total_input_bytes, hash_cache_dir=request["cacheDir"]
)
uploading, attachments = manager.upload_assets(
    manifests, s3_check_cache_dir=request["cacheDir"], manifest_write_dir=request["manifestWriteDir"]
)
statistics = {"hashing": dataclasses.asdict(hashing), "uploading": dataclasses.asdict(uploading)}
print(json.dumps({"attachments": attachments.to_dict(), **statistics}))
