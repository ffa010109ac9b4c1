"""What partners printed of whole years, and where their publications disagree."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q


def no_years() -> list[int]:
    """Return the empty list that a new row starts with."""
    return []


class PublishedFact(models.Model):
    """One printed figure: a metric, the period as printed, and the years that the period touches."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    period = models.CharField(max_length=120)
    year_from = models.PositiveSmallIntegerField(null=True)
    year_until = models.PositiveSmallIntegerField(null=True)
    metric = models.CharField(max_length=80)
    value = models.BigIntegerField()
    qualifier = models.CharField(max_length=12, blank=True)
    note = models.TextField(blank=True)
    source = models.TextField()
    loaded_digest = models.CharField(max_length=64)

    class Meta:
        ordering = ["year_until", "metric", "period", "source"]
        constraints = [
            models.UniqueConstraint(name="published_fact_once", fields=["period", "metric", "source"]),
            models.CheckConstraint(name="published_fact_not_negative", condition=Q(value__gte=0)),
            models.CheckConstraint(
                name="published_fact_years_in_order",
                condition=Q(year_from=None) | Q(year_until=None) | Q(year_until__gte=F("year_from")),
            ),
        ]
        indexes = [models.Index(fields=["year_until", "metric"])]


class Discrepancy(models.Model):
    """Two publications that do not agree. `years` is empty where the words name no year: it is then about the whole series."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    what = models.CharField(max_length=200, unique=True)
    printed = models.TextField()
    sources = ArrayField(models.TextField())
    years = ArrayField(models.PositiveSmallIntegerField(), default=no_years)
    loaded_digest = models.CharField(max_length=64)

    class Meta:
        ordering = ["what"]
