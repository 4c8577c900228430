"""Threads and PyTensor's flags are set before NumPy is imported, as the program does."""

import signal

from hypothesis import HealthCheck, settings
from threadpoolctl import threadpool_limits

from hierbench.environment import prepare
from tests import order, summary

prepare()
threadpool_limits(1)  # of the libraries that a plugin of pytest has imported before

# What a shell starts in the background, and all that it starts itself, would ignore Ctrl-C.
signal.signal(signal.SIGINT, signal.default_int_handler)

# How long an example takes depends on what else the machine does.
settings.register_profile("tests", suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("tests")

pytest_addoption = order.add_option


def pytest_configure(config):
    for module in (order, summary):
        config.pluginmanager.register(module)
