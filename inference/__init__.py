"""Segmenters, the service around them, and their training."""

import os

# From 1.31 on onnxruntime's builds for Linux keep a database of what is run in the home folder and
# send it to their maker, unless this stands before the first import.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
