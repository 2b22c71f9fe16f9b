"""Submits job bundles as the Python library does, one after the other, with a stub in the place of the service.

Argument: path of a JSON file {cases: [...], bucket?, prefix?}. Of each case: {bundleDir | references, cwd, snapshotDir?, parameters,
profile?, environments, hasAttachments, options}. With `references` the bundle is one that has nothing else. With
`snapshotDir` data and manifests go there, else to S3 as the environment says. With {argv, config, configFile} the command
line does it, with these settings. Prints a JSON list: of each case {createJob, groups, inputs, warnings} with {prompt} or
{exitCode, output}, or {error}.
"""

import copy
import json
import logging
import os
import sys
import tempfile

import boto3
from click.testing import CliRunner
from deadline.client import api
from deadline.client.api import _queue_parameters, _submit_job_bundle
from deadline.client.cli import main as command_line
from deadline.client.config import config_file
from deadline.job_attachments.upload import S3AssetManager

FARM, QUEUE = "farm-1", "queue-1"
CONFIG = os.environ["DEADLINE_CONFIG_FILE_PATH"]
SESSION = boto3.Session(region_name="us-east-1")
TEMPLATE = '{"specificationVersion": "jobtemplate-2023-09", "name": "Job", "steps": []}'


class Service:
    """The calls of a submission, answered from the case."""

    def __init__(self, case, settings):
        self.case, self.settings, self.created = case, settings, None

    def get_queue(self, **_):
        settings = {"jobAttachmentSettings": self.settings} if self.case["hasAttachments"] else {}
        return {"farmId": FARM, "queueId": QUEUE, "displayName": "Queue", **settings}

    def get_storage_profile_for_queue(self, **_):
        return self.case["profile"]

    def list_queue_environments(self, **_):
        return {"environments": [{"queueEnvironmentId": str(at)} for at in range(len(self.case["environments"]))]}

    def get_queue_environment(self, queueEnvironmentId, **_):
        return self.case["environments"][int(queueEnvironmentId)]

    def create_job(self, **request):
        self.created = request
        return {"jobId": "job-1"}

    def get_job(self, **_):
        return {"lifecycleStatus": "CREATE_COMPLETE", "lifecycleStatusMessage": "done"}


class Warnings(logging.Handler):
    def __init__(self):
        super().__init__(logging.WARNING)
        self.seen = []

    def emit(self, record):
        self.seen.append(record.getMessage())


def bundle_of(case):
    if "bundleDir" in case:
        return case["bundleDir"]
    folder = tempfile.mkdtemp(prefix="bundle-")
    with open(os.path.join(folder, "template.json"), "w") as file:
        file.write(TEMPLATE)
    references = case["references"]
    document = {
        "inputs": {"filenames": references["inputFilenames"], "directories": references["inputDirectories"]},
        "outputs": {"directories": references["outputDirectories"]},
        "referencedPaths": references["referencedPaths"],
    }
    with open(os.path.join(folder, "asset_references.json"), "w") as file:
        json.dump({"assetReferences": document}, file)
    return folder


def listed(group):
    return {
        "fileSystemLocationName": group.file_system_location_name,
        "rootPath": group.root_path,
        "inputs": [str(path) for path in group.inputs],
        "outputs": [str(path) for path in group.outputs],
        "references": [str(path) for path in group.references],
    }


def submit(case, settings):
    service = Service(case, settings)
    api.get_boto3_client = _queue_parameters.get_boto3_client = lambda *_, **__: service
    api.get_queue_user_boto3_session = lambda **_: SESSION
    _submit_job_bundle._get_job_monitor_url = lambda **_: None
    found = {}

    def grouping(self, *args, **kwargs):
        found["group"] = prepare(self, *args, **kwargs)
        return found["group"]

    prepare, S3AssetManager.prepare_paths_for_upload = S3AssetManager.prepare_paths_for_upload, grouping
    try:
        found.update(by_command(case) if "argv" in case else by_call(case))
    finally:
        S3AssetManager.prepare_paths_for_upload = prepare
    created = os.path.join(case.get("snapshotDir") or "", "create_job_args.json")
    if service.created:
        found["createJob"] = service.created
    elif os.path.exists(created):
        with open(created, encoding="utf-8") as file:
            found["createJob"] = json.load(file)
    group = found.pop("group", None)
    found["groups"] = [listed(each) for each in group.asset_groups] if group else []
    found["inputs"] = {"files": group.total_input_files, "bytes": group.total_input_bytes} if group else None
    return found


def by_call(case):
    """As a program that uses the library."""
    config = copy.deepcopy(config_file.read_config())  # it is one object for all calls
    config_file.set_setting("defaults.farm_id", FARM, config=config)
    config_file.set_setting("defaults.queue_id", QUEUE, config=config)
    if case.get("profile"):
        config_file.set_setting("settings.storage_profile_id", case["profile"]["storageProfileId"], config=config)
    prompt = []

    def confirm(message, default):
        prompt.append({"message": message, "default": default})
        return True

    if case.get("snapshotDir"):
        os.makedirs(case["snapshotDir"])
    api.create_job_from_job_bundle(
        bundle_of(case),
        [{"name": name, "value": value} for name, value in case["parameters"]],
        config=config,
        debug_snapshot_dir=case.get("snapshotDir"),
        print_function_callback=lambda _: None,
        interactive_confirmation_callback=confirm,
        **case["options"],
    )
    return {"prompt": prompt}


def by_command(case):
    """As a user of the command line, whose answer to every question is yes."""
    for name, value in case["config"].items():
        config_file.set_setting(name, value)
    os.makedirs(case["snapshotDir"])
    ids = ["--farm-id", FARM, "--queue-id", QUEUE]
    if case.get("profile"):
        ids += ["--storage-profile-id", case["profile"]["storageProfileId"]]
    snapshot = ["--save-debug-snapshot", case["snapshotDir"]]
    result = CliRunner().invoke(command_line, ["bundle", "submit", case["bundleDir"], *case["argv"], *ids, *snapshot], input="y\n")
    return {"exitCode": result.exit_code, "output": result.output}


def answer(case, settings):
    warnings = Warnings()
    logging.getLogger("deadline").addHandler(warnings)
    os.chdir(case["cwd"])
    os.environ["DEADLINE_CONFIG_FILE_PATH"] = case.get("configFile", CONFIG)
    try:
        return {**submit(case, settings), "warnings": warnings.seen}
    except Exception as error:  # whatever it is, it is what a user of the library gets
        return {"error": {"type": type(error).__name__, "message": str(error)}, "warnings": warnings.seen}
    finally:
        logging.getLogger("deadline").removeHandler(warnings)


with open(sys.argv[1], encoding="utf-8") as file:
    request = json.load(file)
place = {"s3BucketName": request.get("bucket", "bucket"), "rootPrefix": request.get("prefix", "prefix")}
print(json.dumps([answer(case, place) for case in request["cases"]]))
