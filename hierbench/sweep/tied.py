"""Imported by the server of workers before all else, and by nobody else: ties it to the sweep."""

from hierbench.sweep.server import tie_server

tie_server()
