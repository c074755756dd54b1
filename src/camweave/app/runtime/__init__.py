"""The two ends of the line: threads that read ahead, threads that write behind, and the clocks."""
