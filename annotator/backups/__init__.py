"""Backups: one tar with every row and every picture, each checked by its SHA-256.

Rows travel as JSON lines, so a backup of SQLite restores into PostgreSQL and back. The manifest,
the last member, names the migrations of its time: a restore builds the tables of that time, loads,
and then migrates forward. Caches, exports' files, sessions and one-time links stay behind.
"""
