"""The embedded engine: llama.cpp's own server, run by our executable in a process of its own.

It is a process of its own because it must be: loading holds Python's global lock for as long as
it takes, and llama.cpp answers some damaged files by aborting. Everything here is imported by
that process, at a moment when somebody waits for a model; only `command.py` is for the app.
"""
