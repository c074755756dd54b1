"""Embedders: what objects look like, as vectors; and which crops are worth a look."""
