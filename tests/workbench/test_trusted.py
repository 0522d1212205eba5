import ssl

import pytest

from antiphon.core.certificate import CertificateFacts
from antiphon.core.errors import UserError
from antiphon.core.places import places
from antiphon.workbench.trusted import write_pem, write_trusted

FACTS = CertificateFacts(
    "CN=a", "CN=a", "a", (), 0.0, 1.0, "01", "AB:CD", "EF", "RSA 2048", "sha256", is_authority=True, der=b"\x30\x00"
)  # fmt: skip


def test_a_trusted_certificate_is_a_pem_file_of_its_own():
    file = write_trusted(FACTS)
    assert file == places().data / "trusted" / "abcd.pem"
    assert ssl.PEM_cert_to_DER_cert(file.read_text()) == b"\x30\x00"
    assert write_trusted(FACTS) == file


def test_a_place_that_cannot_be_written_is_said(tmp_path):
    with pytest.raises(UserError, match="Could not write"):
        write_pem(tmp_path / "missing" / "a.pem", [FACTS])
