"""What a rule may answer instead of events.

    Refusal
    |-- Rejected      the request breaks a rule; the same request will be refused again
    `-- NotYetKnown   the request rests on a fact that has not arrived here yet; the same request may succeed later

Neither ever carries content of the request: a code (kebab-case, stable), the field it is about and a sentence.
"""


class Refusal(Exception):
    """A decider's no: `code` is stable and kebab-case, `field` a JSON pointer into the data or None."""

    def __init__(self, code: str, detail: str = "", *, field: str | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail
        self.field = field

    def __str__(self) -> str:
        return f"{self.code}: {self.detail}" if self.detail else self.code


class Rejected(Refusal):
    """The request breaks a rule."""


class NotYetKnown(Refusal):
    """The request rests on a fact that has not arrived over Kafka yet."""
