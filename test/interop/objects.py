"""Writes and reads objects with boto3 alone.

Argument: JSON {bucket, write, read}: `write` gives a file per key, sent in parts above 8 MiB as boto3 does by itself;
`read` is a list of keys. Prints JSON: for each key read the SHA-256 of its body, its type and its metadata.
"""

import hashlib
import json
import sys

import boto3

request = json.loads(sys.argv[1])
bucket = request["bucket"]
s3 = boto3.client("s3")
for key, path in request["write"].items():
    s3.upload_file(path, bucket, key)


def described(key):
    answer = s3.get_object(Bucket=bucket, Key=key, ExpectedBucketOwner="123456789012")
    sha256 = hashlib.sha256(answer["Body"].read()).hexdigest()
    return {"sha256": sha256, "type": answer["ContentType"], "metadata": answer["Metadata"]}


print(json.dumps({key: described(key) for key in request["read"]}))
