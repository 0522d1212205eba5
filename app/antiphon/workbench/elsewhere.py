"""The answer to a request in another environment than the chosen one, which stays as it is."""

from antiphon.core.prepare import prepare
from antiphon.workbench.document import OpenDocument, Sender
from antiphon.workbench.feed import ExchangeFeed


def other_environments(document: OpenDocument) -> list[str]:
    """Return the environments that *document* could be sent in besides the chosen one, "" being none at all."""
    collection = document.collection
    if collection is None or not collection.environment_names:
        return []
    return [name for name in (*collection.environment_names, "") if name != collection.environment_name]


async def answer_elsewhere(document: OpenDocument, environment: str, sender: Sender) -> ExchangeFeed:
    """Send the draft of *document* in *environment* of its collection, with that one's cookies; return its exchange.

    A body that unpacks to more than the limit is cut there, since nobody is asked. The caller closes what is returned.

    Raises:
        UserError: it cannot be sent as it is.
    """
    assert document.collection is not None
    collection = document.collection.in_environment(environment)
    send = await sender.ready(collection)
    prepared = prepare(document.draft, collection.context(document.path))
    feed, is_sent = ExchangeFeed(), False
    try:
        await send(prepared, feed.body, feed.accept, None, None)
        is_sent = True
    finally:
        if not is_sent:
            feed.close()
    feed.settle()
    return feed
