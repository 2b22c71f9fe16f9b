"""The Python library's part of the benchmark: one step of the job as one process, as an integrator would write it.

    python_job.py submit TREE CACHE_DIR BUCKET PREFIX MANIFEST_DIR
    python_job.py download MANIFEST TARGET_DIR BUCKET PREFIX
"""
import os
import sys


def submit(tree, cache_dir, bucket, prefix, manifest_dir):
    from deadline.job_attachments.models import JobAttachmentS3Settings
    from deadline.job_attachments.upload import S3AssetManager

    settings = JobAttachmentS3Settings(s3BucketName=bucket, rootPrefix=prefix)
    manager = S3AssetManager("farm-local", "queue-local", settings)
    paths = [os.path.join(folder, name) for folder, _, names in os.walk(tree) for name in names]
    group = manager.prepare_paths_for_upload(paths, [], [])
    os.makedirs(cache_dir, exist_ok=True)
    _, manifests = manager.hash_assets_and_create_manifest(
        group.asset_groups, group.total_input_files, group.total_input_bytes, hash_cache_dir=cache_dir
    )
    manager.upload_assets(manifests, s3_check_cache_dir=cache_dir, manifest_write_dir=manifest_dir)


def download(manifest, target, bucket, prefix):
    from deadline.job_attachments.asset_manifests.decode import decode_manifest
    from deadline.job_attachments.download import download_files_from_manifests

    with open(manifest) as file:
        decoded = decode_manifest(file.read())
    os.makedirs(target, exist_ok=True)
    download_files_from_manifests(bucket, {target: decoded}, f"{prefix}/Data")


if __name__ == "__main__":
    {"submit": submit, "download": download}[sys.argv[1]](*sys.argv[2:])
