"""Dataset formats over plain records: read, write, check. No Django, no rows, no requests."""
