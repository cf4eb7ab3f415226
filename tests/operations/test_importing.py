"""What few processes need is imported by those few, so that all start soon."""

import subprocess
import sys

HEAVY = ("boto3", "numpy", "openpyxl", "PIL", "pypinyin", "scipy")


def test_the_application_is_there_without_the_libraries_that_few_need():
    code = f"import sys, operations.factory; print([n for n in {HEAVY} if n in sys.modules])"

    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert said.stdout.strip() == "[]"
