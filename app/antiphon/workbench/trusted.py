"""Certificates that the user chose to trust, as files of their own in the user's data folder."""

from collections.abc import Iterable
from pathlib import Path

from antiphon.core.certificate import CertificateFacts, pem_of
from antiphon.core.errors import UserError
from antiphon.core.places import places
from antiphon.store.atomic import write_atomically


def write_trusted(certificate: CertificateFacts) -> Path:
    """Write *certificate* to a PEM file named by its fingerprint, and return the file.

    Raises:
        UserError: it cannot be written.
    """
    folder = places().data / "trusted"
    file = folder / f"{certificate.sha256.replace(':', '').lower()[:32]}.pem"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"Could not make {folder}.", f"{error.strerror}.") from error
    write_pem(file, [certificate])
    return file


def write_pem(file: Path, certificates: Iterable[CertificateFacts]) -> None:
    """Write *certificates* to *file* in their order.

    Raises:
        UserError: it cannot be written.
    """
    try:
        write_atomically(file, pem_of(one.der for one in certificates))
    except OSError as error:
        raise UserError(f"Could not write {file}.", f"{error.strerror}.") from error
