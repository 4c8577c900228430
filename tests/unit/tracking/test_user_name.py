"""Whose run it is, where the system has no name for the user."""

import os
import pwd

from hierbench.tracking.runs import user_name


def test_a_user_without_a_name_is_a_number(monkeypatch):
    def nobody(_):
        raise KeyError("getpwuid(): uid not found")

    monkeypatch.setattr(pwd, "getpwuid", nobody)
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    assert user_name() == f"uid {os.getuid()}"
