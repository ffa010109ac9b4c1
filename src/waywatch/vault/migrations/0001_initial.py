"""The tables of the vault."""

import django.contrib.postgres.fields
import django.db.models.deletion
import uuid
import waywatch.lib.clock
import waywatch.lib.text
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("geo", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Keyring",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[("desk", "A hotline's desk"), ("agency", "An agency (trusted contact)")], max_length=6
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        max_length=120, validators=[waywatch.lib.text.validate_plain_text], verbose_name="Name"
                    ),
                ),
                (
                    "regions",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), blank=True, default=list, size=None
                    ),
                ),
                ("lock_after_minutes", models.PositiveSmallIntegerField(default=15)),
                ("is_demo", models.BooleanField(default=False, editable=False)),
                ("created_at", models.DateTimeField(default=waywatch.lib.clock.now, editable=False)),
                (
                    "home",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="geo.region",
                    ),
                ),
            ],
            options={
                "ordering": ["kind", "name", "id"],
            },
        ),
        migrations.CreateModel(
            name="KeyVersion",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("number", models.PositiveIntegerField()),
                ("public_key", models.BinaryField()),
                ("created_at", models.DateTimeField(default=waywatch.lib.clock.now, editable=False)),
                ("retired_at", models.DateTimeField(blank=True, null=True)),
                ("destroyed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "keyring",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="versions", to="vault.keyring"
                    ),
                ),
            ],
            options={
                "ordering": ["keyring", "-number"],
            },
        ),
        migrations.CreateModel(
            name="MemberKey",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("public_key", models.BinaryField(unique=True)),
                ("created_at", models.DateTimeField(default=waywatch.lib.clock.now, editable=False)),
                ("retired_at", models.DateTimeField(blank=True, null=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["account", "-created_at"],
            },
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("is_keeper", models.BooleanField(default=False)),
                ("joined_at", models.DateTimeField(default=waywatch.lib.clock.now, editable=False)),
                ("left_at", models.DateTimeField(blank=True, null=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "keyring",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="memberships", to="vault.keyring"
                    ),
                ),
            ],
            options={
                "ordering": ["keyring", "joined_at", "id"],
            },
        ),
        migrations.CreateModel(
            name="Request",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[("reseal", "Give a member a new key"), ("break_glass", "Open what is not one's own")],
                        max_length=11,
                    ),
                ),
                ("subject_id", models.UUIDField(blank=True, null=True)),
                (
                    "reason",
                    models.CharField(blank=True, max_length=300, validators=[waywatch.lib.text.validate_plain_text]),
                ),
                ("created_at", models.DateTimeField(default=waywatch.lib.clock.now, editable=False)),
                ("expires_at", models.DateTimeField()),
                ("approved_at", models.DateTimeField(blank=True, null=True)),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                (
                    "approved_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "keyring",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="requests", to="vault.keyring"
                    ),
                ),
                (
                    "member_key",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="requests",
                        to="vault.memberkey",
                    ),
                ),
            ],
            options={
                "ordering": ["-created_at", "id"],
            },
        ),
        migrations.CreateModel(
            name="RootKey",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("only", models.BooleanField(default=True, editable=False, unique=True)),
                ("public_key", models.BinaryField()),
                ("pinned_at", models.DateTimeField(default=waywatch.lib.clock.now, editable=False)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("only", True)), name="vault_root_key_only_one")
                ],
            },
        ),
        migrations.CreateModel(
            name="Share",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("sealed", models.BinaryField(null=True)),
                ("created_at", models.DateTimeField(default=waywatch.lib.clock.now, editable=False)),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                (
                    "given_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "member_key",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="shares", to="vault.memberkey"
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="shares", to="vault.keyversion"
                    ),
                ),
            ],
            options={
                "ordering": ["version", "created_at", "id"],
            },
        ),
        migrations.CreateModel(
            name="SignedList",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("text", models.BinaryField()),
                ("signature", models.BinaryField()),
                ("issued_at", models.DateTimeField(unique=True)),
                ("expires_at", models.DateTimeField()),
                ("installed_at", models.DateTimeField(default=waywatch.lib.clock.now, editable=False)),
            ],
            options={
                "ordering": ["-issued_at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("expires_at__gt", models.F("issued_at"))),
                        name="vault_signed_list_expires_after_issued",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Wrap",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("by_passphrase", models.BinaryField()),
                ("by_recovery", models.BinaryField()),
                ("tries", models.PositiveIntegerField(default=0)),
                ("wait_until", models.DateTimeField(blank=True, null=True)),
                (
                    "member_key",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="wrap", to="vault.memberkey"
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="keyring",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["desk", "agency"])), name="vault_keyring_kind_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="keyring",
            constraint=models.CheckConstraint(
                condition=models.Q(("name", ""), _negated=True), name="vault_keyring_has_a_name"
            ),
        ),
        migrations.AddConstraint(
            model_name="keyring",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "desk"), models.Q(("regions", []), _negated=True)),
                    models.Q(("home__isnull", False), ("kind", "agency"), ("regions", [])),
                    _connector="OR",
                ),
                name="vault_keyring_desk_serves_agency_is_at_home",
            ),
        ),
        migrations.AddConstraint(
            model_name="keyring",
            constraint=models.CheckConstraint(
                condition=models.Q(("lock_after_minutes__gte", 1), ("lock_after_minutes__lte", 60)),
                name="vault_keyring_locks_within_the_hour",
            ),
        ),
        migrations.AddConstraint(
            model_name="keyversion",
            constraint=models.UniqueConstraint(fields=("keyring", "number"), name="vault_key_version_once"),
        ),
        migrations.AddConstraint(
            model_name="keyversion",
            constraint=models.UniqueConstraint(
                condition=models.Q(("retired_at", None)), fields=("keyring",), name="vault_key_version_one_current"
            ),
        ),
        migrations.AddConstraint(
            model_name="keyversion",
            constraint=models.CheckConstraint(
                condition=models.Q(("number__gte", 1)), name="vault_key_version_from_one"
            ),
        ),
        migrations.AddConstraint(
            model_name="keyversion",
            constraint=models.CheckConstraint(
                condition=models.Q(("destroyed_at", None), ("retired_at__isnull", False), _connector="OR"),
                name="vault_key_version_retired_before_destroyed",
            ),
        ),
        migrations.AddConstraint(
            model_name="memberkey",
            constraint=models.UniqueConstraint(
                condition=models.Q(("retired_at", None)), fields=("account",), name="vault_member_key_one_in_use"
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.UniqueConstraint(
                condition=models.Q(("left_at", None)), fields=("keyring", "account"), name="vault_membership_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.CheckConstraint(
                condition=models.Q(("left_at", None), ("left_at__gte", models.F("joined_at")), _connector="OR"),
                name="vault_membership_left_after_joined",
            ),
        ),
        migrations.AddConstraint(
            model_name="request",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["reseal", "break_glass"])), name="vault_request_kind_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="request",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("approved_by", None),
                    models.Q(("approved_by", models.F("asked_by")), _negated=True),
                    _connector="OR",
                ),
                name="vault_request_not_approved_by_asker",
            ),
        ),
        migrations.AddConstraint(
            model_name="request",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("confirmed_by", None),
                    models.Q(("confirmed_by", models.F("asked_by")), _negated=True),
                    _connector="OR",
                ),
                name="vault_request_not_confirmed_by_asker",
            ),
        ),
        migrations.AddConstraint(
            model_name="request",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("confirmed_by", None),
                    ("approved_by", None),
                    models.Q(("confirmed_by", models.F("approved_by")), _negated=True),
                    _connector="OR",
                ),
                name="vault_request_allowed_by_two",
            ),
        ),
        migrations.AddConstraint(
            model_name="request",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("approved_at", None), ("approved_by", None)),
                    models.Q(("approved_at__isnull", False), ("approved_by__isnull", False)),
                    _connector="OR",
                ),
                name="vault_request_approved_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="request",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("kind", "reseal"),
                        ("member_key__isnull", False),
                        ("subject_id", None),
                        models.Q(("approved_by", None), ("confirmed_by__isnull", False), _connector="OR"),
                    ),
                    models.Q(
                        ("confirmed_by", None),
                        ("kind", "break_glass"),
                        ("member_key", None),
                        ("subject_id__isnull", False),
                        models.Q(("reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="vault_request_says_what_it_is_about",
            ),
        ),
        migrations.AddConstraint(
            model_name="request",
            constraint=models.CheckConstraint(
                condition=models.Q(("expires_at__gt", models.F("created_at"))),
                name="vault_request_expires_after_created",
            ),
        ),
        migrations.AddConstraint(
            model_name="request",
            constraint=models.CheckConstraint(
                condition=models.Q(("approved_at", None), ("withdrawn_at", None), _connector="OR"),
                name="vault_request_approved_or_withdrawn",
            ),
        ),
        migrations.AddConstraint(
            model_name="share",
            constraint=models.UniqueConstraint(
                condition=models.Q(("revoked_at", None)), fields=("version", "member_key"), name="vault_share_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="share",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("revoked_at", None), ("sealed__isnull", False)),
                    models.Q(("revoked_at__isnull", False), ("sealed", None)),
                    _connector="OR",
                ),
                name="vault_share_revoked_is_empty",
            ),
        ),
    ]
