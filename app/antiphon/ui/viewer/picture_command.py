"""How the process that draws pictures is started, and what it takes: for the window, which reads no decoder itself."""

from antiphon.body.spool import SpoolFile
from antiphon.core.launch import module_command

SOURCE_LIMIT_BYTES = 64 << 20
PIXEL_LIMIT = 40_000_000


def picture_command(source: SpoolFile, size_bytes: int, kind: str, charset: str, ground: str) -> list[str]:
    """Return the command line that starts the process.

    Args:
        kind: `image`, `svg` or `html`.
        ground: Colour of the paper of HTML.
    """
    words = (source.shared_argument, str(size_bytes), kind, charset, ground)
    return module_command("antiphon.ui.viewer.pictureprocess", *words)
