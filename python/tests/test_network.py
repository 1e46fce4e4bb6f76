"""Certificates of a company's own authority."""

from __future__ import annotations

import os
import ssl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme
from service import TOKEN, Reply, Service, payload

import vobiz_partner as vobiz

SCRIPT = """
import sys, vobiz_partner as vobiz
print(vobiz.Client(auth_id="PA_TEST", auth_token=sys.argv[1], base_url=sys.argv[2], attempts=1).dashboard().currency)
"""


@pytest.fixture
def authority(tmp_path: Path) -> tuple[trustme.CA, Path]:
    made = trustme.CA()
    made.cert_pem.write_to_path(str(tmp_path / "company.pem"))
    return made, tmp_path / "company.pem"


@pytest.fixture
def secure(authority: tuple[trustme.CA, Path]) -> Iterator[Service]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority[0].issue_cert("127.0.0.1").configure_cert(context)
    service = Service(context)
    service.replies["dashboard"] = Reply(payload("dashboard"))
    yield service
    service.close()


def client(service: Service, ca_file: Path | None = None) -> vobiz.Client:
    return vobiz.Client(auth_id="PA_TEST", auth_token=TOKEN, base_url=service.url, attempts=1, ca_file=ca_file)


def test_an_unknown_authority_is_refused_with_its_cause(secure: Service) -> None:
    with pytest.raises(vobiz.ConnectError, match="UnknownIssuer"):
        client(secure).dashboard()
    assert secure.asked == []


def test_a_file_without_certificates_is_named(secure: Service, tmp_path: Path) -> None:
    (tmp_path / "empty.pem").write_text("no certificate")
    with pytest.raises(vobiz.ConfigError, match=r"empty\.pem holds no certificate; it must be PEM"):
        client(secure, tmp_path / "empty.pem")
    with pytest.raises(vobiz.ConfigError, match=r"cannot read .*missing\.pem"):
        client(secure, tmp_path / "missing.pem")


def test_the_authority_of_ca_file_is_trusted(secure: Service, authority: tuple[trustme.CA, Path]) -> None:
    assert client(secure, authority[1]).dashboard().currency == "INR"


def test_the_authority_of_the_environment_is_trusted(secure: Service, authority: tuple[trustme.CA, Path]) -> None:
    environment = os.environ | {"SSL_CERT_FILE": str(authority[1])}
    command = [sys.executable, "-c", SCRIPT, TOKEN, secure.url]
    printed = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert printed.stdout.strip() == "INR", printed.stderr
