"""Antiphon, a desktop API explorer. What the package offers is loaded when it is first asked for."""


def __getattr__(name: str) -> object:
    if name == "__version__":
        from antiphon.core.version import VERSION

        return VERSION
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
