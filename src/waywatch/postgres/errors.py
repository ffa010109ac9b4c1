"""The one error of this room."""


class PostgresError(Exception):
    """Something a person can mend: a stable `code` for programs and a sentence that says what to do."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text

    def __reduce__(self) -> tuple[type["PostgresError"], tuple[str, str]]:
        return type(self), (self.code, self.text)
