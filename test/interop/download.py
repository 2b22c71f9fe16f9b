"""Downloads the files of a stored manifest with the Python library.

Argument: JSON {bucket, prefix, key, root}. Prints JSON: the asset root that the manifest's metadata names, and statistics.
"""

import json
import sys

from deadline.job_attachments.download import download_files_from_manifests, get_asset_root_and_manifest_from_s3

request = json.loads(sys.argv[1])
asset_root, manifest = get_asset_root_and_manifest_from_s3(request["key"], request["bucket"])
stats = download_files_from_manifests(
    request["bucket"], {request["root"]: manifest}, f"{request['prefix']}/Data"
)
print(
    json.dumps(
        {
            "assetRoot": asset_root,
            "processedFiles": stats.processed_files,
            "processedBytes": stats.processed_bytes,
            "skippedFiles": stats.skipped_files,
        }
    )
)
