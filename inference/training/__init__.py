"""Training of ``sam_nano``: pictures in, an ONNX encoder and decoder out."""
