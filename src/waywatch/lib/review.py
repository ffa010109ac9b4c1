"""Who stands for words that steer people: a file of them carries this block, and production publishes nothing unreviewed."""

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Review:
    """Who wrote the words of a file and who looked them over. Without a reviewer they are not for production."""

    author: str
    date: dt.date
    reviewer: str | None
    qualification: str | None
    survivor_review: str | None

    @property
    def is_done(self) -> bool:
        """Tell whether somebody qualified has reviewed the words, a survivor's review included."""
        return bool(self.reviewer and self.qualification and self.survivor_review)
