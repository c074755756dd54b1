"""The small world as recordings: tracklets and detections with embeddings, without a picture."""
