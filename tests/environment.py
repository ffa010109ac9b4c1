"""Loaded before everything else (`-p tests.environment`): the settings of a test run."""

import os

os.environ["WAYWATCH_MODE"] = "test"
