"""Countenance: digital replicas of people, on your own machines, with proof that the person agreed."""

import os

__version__ = "0.1.0"

# No socket is opened that the owner did not ask for. These must be set before onnxruntime,
# huggingface_hub or mediapipe are imported anywhere, hence here.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
# mediapipe and onnxruntime log through glog and their own loggers; only errors are of use to a person.
os.environ.setdefault("GLOG_minloglevel", "2")
