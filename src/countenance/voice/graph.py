"""A node inside a network as one more output, without the packages that write networks."""

from __future__ import annotations


def with_output(model: bytes, node: bytes) -> bytes:
    """An ONNX model with one more graph output.

    Protocol buffers that follow each other merge, and repeated fields append; so the addition is a second, nearly
    empty ModelProto (graph = 7) with a GraphProto (output = 12) with a ValueInfoProto (name = 1).
    """
    return model + _field(7, _field(12, _field(1, node)))


def _field(number: int, payload: bytes) -> bytes:
    """A length-delimited protocol buffer field; number below 16, payload under 128 bytes."""
    return bytes([number << 3 | 2, len(payload)]) + payload
