"""One model, one session: tensors in, tensors out."""
