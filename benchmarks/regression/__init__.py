"""Tell a slower program from a busy machine: count its work instead of its time."""
