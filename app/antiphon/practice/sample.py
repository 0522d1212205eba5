"""The sample collection: where it stands, and a copy of it that its user may change."""

import shutil
import tempfile
from pathlib import Path

from antiphon.core.launch import resources


def sample_folder() -> Path:
    """Return the sample as it is shipped; nothing may be written there."""
    return resources() / "sample"


def copied_sample(target: Path) -> Path:
    """Return *target*, holding a copy of the sample; one that is there already stays as its user left it.

    Raises:
        OSError: the copy cannot be written.
    """
    if target.exists():
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, ignore_cleanup_errors=True) as whole:
        copy = Path(whole) / "sample"
        # copyfile, not copy2: what is installed may be read-only, the copy is there to be edited
        shutil.copytree(sample_folder(), copy, copy_function=shutil.copyfile)
        _make_writable(copy)
        try:
            copy.rename(target)
        except OSError:
            if not target.exists():  # else a second window was faster
                raise
    return target


def _make_writable(copy: Path) -> None:
    """Undo what copytree takes over from a read-only folder."""
    for folder in (copy, *(entry for entry in copy.rglob("*") if entry.is_dir())):
        folder.chmod(folder.stat().st_mode | 0o700)
