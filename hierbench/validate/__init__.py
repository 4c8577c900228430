"""Whether fits give the right posterior: checks that run cells and judge what they gave."""
