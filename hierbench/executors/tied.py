"""Imported by the server of workers before all else, and by nobody else: ties it to the sweep."""

from hierbench.executors.server import tie_server

tie_server()
