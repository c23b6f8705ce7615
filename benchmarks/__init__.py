"""How much `dedupe` finds, how often it is wrong, and what it costs."""
