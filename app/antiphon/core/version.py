"""The version, said once: the package, the User-Agent and the wheel read it here."""

VERSION = "0.1.0"
