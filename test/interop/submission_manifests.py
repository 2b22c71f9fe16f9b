"""Runs the Python command line, one command after the other.

Argument: JSON list of {argv, cwd}. Prints a JSON list of {exitCode, output}.
"""

import json
import os
import sys

from click.testing import CliRunner
from deadline.client.cli import main as command_line

answers = []
for each in json.loads(sys.argv[1]):
    os.chdir(each["cwd"])
    result = CliRunner().invoke(command_line, each["argv"])
    answers.append({"exitCode": result.exit_code, "output": result.stdout})
print(json.dumps(answers))
