"""What may be shown or kept of a text."""

import io
import json
from contextlib import redirect_stdout
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hierbench.shown import (
    printable,
    redacted,
    redacted_content,
    redacted_uri,
    say,
    say_json,
    secrets_in,
)

STEERING = "\x1b]0;title\x07 \x9b2J \u202e \u2066 \x7f \u200b \r \x00 \ud800"
PASSWORDS = st.text(st.characters(blacklist_categories=["Cs"]), min_size=4).filter(str.strip)


@given(st.text(st.characters()))
def test_printable_text_has_nothing_else(text):
    assert printable(text).isprintable()
    assert printable(text, lines=True).replace("\n", "").isprintable()


@given(st.text(st.characters(categories=["L", "N", "P", "S"])))
def test_printable_keeps_what_can_be_seen(text):
    assert printable(text) == text


@pytest.mark.parametrize(
    "uri",
    [
        "http://me:PLANTED@host:5000/path",
        "https://PLANTED@host",
        "postgresql://me:PLANTED@host:5432/db",
        "postgresql+psycopg://me:PLANTED@/db",
        "mysql://me:a@b/c?PLANTED@host/db",
        "http://me:12/PLANTED@host",
        "http://me:%40PLANTED%2F@host",
        "https:/me:PLANTED@host/made/a/path",
        "postgresql://host/db?user=me&password=PLANTED",
        "postgresql://host/db?sslmode=require&sslpassword=PLANTED&x=1",
        "https://host/api?access_token=PLANTED",
        "https://host/file?X-Amz-Signature=PLANTED",
        "mssql+pyodbc:///?odbc_connect=DRIVER%3Dx%3BPWD%3DPLANTED",
        "host=db user=me password=PLANTED",
        "Authorization: Bearer PLANTEDPLANTEDPLANTED",
        "Authorization: Basic UExBTlRFRFBMQU5URUQ6UExBTlRFRA==",
    ],
)
@pytest.mark.parametrize("shape", ["{}", "tracking.uri={}", "no answer from '{}', try again"])
def test_credentials_are_hidden(uri, shape):
    shown = redacted(shape.format(uri))
    assert "PLANTED" not in shown
    assert "UExBTlRFRF" not in shown
    assert redacted(shown) == shown


@given(PASSWORDS)
def test_any_password_is_hidden_in_a_uri(password):
    shown = redacted_uri(f"tracking.uri=http://me:{password}@host/path")
    assert shown == "tracking.uri=http://***@host/path"


@given(st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1))
def test_any_password_without_spaces_is_hidden_among_words(password):
    shown = redacted(f"it said http://me:{password}@host/path again")
    assert shown == "it said http://***@host/path again"


@pytest.mark.parametrize(
    "text",
    [
        "http://127.0.0.1:5000/#/experiments/1",
        "sqlite:////home/me@work/runs/mlflow.db",
        "/home/me@work/homes.csv",
        "data.path=/a/b?c.csv",
        "sampler.target_accept=0.8 seed=1,2",
        "mail me@host",
        "r_hat_max 1.02 > 1.01",
    ],
)
def test_text_without_credentials_stays(text):
    assert redacted(text) == redacted_uri(text) == text


def test_a_password_known_from_elsewhere_is_hidden_everywhere():
    secrets = secrets_in(("run", "tracking.uri=postgresql://me:hunter%402@host/db"))
    assert "hunter" not in redacted("FATAL: hunter@2 and hunter%402 are wrong", *secrets)


def test_mlflows_own_variables_are_secrets():
    environment = {
        "MLFLOW_TRACKING_PASSWORD": "PLANTED1",
        "MLFLOW_TRACKING_TOKEN": "PLANTED2",
        "MLFLOW_TRACKING_URI": "http://me:PLANTED3@host",
        "HOME": "/home/me",
    }
    found = secrets_in(environment)
    assert {"PLANTED1", "PLANTED2", "PLANTED3"} <= set(found)
    assert "/home/me" not in found


def test_short_words_are_no_secrets():
    assert secrets_in(("http://a:b@host",)) == ()


def test_nested_content_is_redacted_names_too():
    uri = "http://me:PLANTED@host"
    content = {"a": [uri, (uri, 1)], uri: None, "b": {"c": uri}}
    assert "PLANTED" not in json.dumps(redacted_content(content))


def spoken(speak, *content):
    out = io.StringIO()
    with redirect_stdout(out):
        speak(*content)
    return out.getvalue()


def test_say_prints_nothing_that_steers():
    shown = spoken(say, f"http://me:{quote('PLANTED')}@host {STEERING}\nnext")
    assert shown.replace("\n", "").isprintable()
    assert "PLANTED" not in shown
    assert shown.endswith("\nnext\n")


def test_say_json_is_ascii_and_reads_back():
    content = {"name": STEERING, "uri": "http://me:PLANTED@host"}
    shown = spoken(say_json, content)
    assert shown.isascii()
    assert shown.replace("\n", "").isprintable()
    assert json.loads(shown) == {"name": STEERING, "uri": "http://***@host"}


@pytest.mark.parametrize("text", ["?pass" * 1600, "a:/" * 3000 + "@", "@" + "a:/@ " * 2000])
def test_a_long_text_takes_no_time(text):
    """Time grows with the square of the length at worst: 8,000 characters are a tag's most."""
    assert len(redacted(text)) <= len(text) * 2
