"""Other ways to do the same work, each a script that runs in its own process."""
