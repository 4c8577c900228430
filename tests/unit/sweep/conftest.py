"""What MLflow itself warns of is no error of ours."""

from pathlib import Path

import pytest

# MLflow 3.17 defines a table the way that SQLAlchemy 2.1 calls deprecated.
NOT_OURS = "ignore:The ``noload`` loader strategy is deprecated:DeprecationWarning"


def pytest_collection_modifyitems(items):
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.filterwarnings(NOT_OURS))
