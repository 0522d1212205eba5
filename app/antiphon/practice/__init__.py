"""A small server on 127.0.0.1 to practise against, so that the first request can be sent without a network.

It is a process of its own (`python -m antiphon.practice`); `process` starts and stops it.
"""
