"""Why an expression or a body cannot be filtered, in words, with the place."""


class FilterFaultError(Exception):
    """The user can mend it: `sentence` says what is wrong, `place` is the index in the expression, -1 for none."""

    def __init__(self, sentence: str, place: int = -1) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.place = place
