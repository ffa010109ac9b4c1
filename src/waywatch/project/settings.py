"""Django's settings, read from the environment once. docs/reference/settings.md lists every variable."""

import os
from pathlib import Path
from typing import Any

import django_stubs_ext
from psycopg.conninfo import conninfo_to_dict

from waywatch.project import environment as env

# Lets `ModelForm[Build]` and its like be written at run time as well as for the type checker.
django_stubs_ext.monkeypatch()

BASE = Path(__file__).resolve().parent.parent
MODE = env.choice("WAYWATCH_MODE", "production", ("production", "demo", "test"))
DEMO = MODE == "demo"
DEBUG = False
VAR = Path(env.text("WAYWATCH_DATA", "var")).resolve()

SECRET_KEY = env.text("SECRET_KEY", None if MODE == "production" else "not-secret-outside-production-" + "0" * 30)
SECRET_KEY_FALLBACKS = env.words("SECRET_KEY_FALLBACKS")
ROOT_KEY = env.public_key("WAYWATCH_ROOT_KEY")
BASE_URL = env.text("WAYWATCH_URL", "http://localhost:8000").rstrip("/")
HTTPS = BASE_URL.startswith("https://")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1],testserver" if MODE != "production" else "")
CSRF_TRUSTED_ORIGINS = [BASE_URL] if HTTPS else []

ROOMS = [
    "waywatch.project",
    "waywatch.impact",
    "waywatch.builds",
    "waywatch.referrals",
    "waywatch.tips",
    "waywatch.directory",
    "waywatch.vault",
    "waywatch.accounts",
    "waywatch.audit",
    "waywatch.geo",
    "waywatch.advice",
    "waywatch.policy",
    "waywatch.delivery",
]
INSTALLED_APPS = [
    *ROOMS,
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "procrastinate.contrib.django",
]
MIDDLEWARE = [
    "waywatch.project.middleware.Health",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "waywatch.project.middleware.PolicyHeaders",
    "django.middleware.gzip.GZipMiddleware",
    "waywatch.project.sessions.HashedSessions",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "waywatch.project.middleware.ActingAccount",
    "waywatch.vault.web.unlocking.LockedCookie",
    "waywatch.accounts.web.middleware.SecondFactorRequired",
    "waywatch.project.middleware.PlainErrors",
]
ROOT_URLCONF = "waywatch.project.urls"
WSGI_APPLICATION = "waywatch.project.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "waywatch.project.navigation.navigation",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"


def _database() -> dict[str, Any]:
    """Return the one connection of this process, as the role it was started for (cli.py sets the address)."""
    parts = conninfo_to_dict(os.environ.get("WAYWATCH_DB", "postgresql://waywatch_web@127.0.0.1/waywatch"))
    return {
        "ENGINE": "waywatch.lib.database",
        "NAME": parts.pop("dbname", "waywatch"),
        "USER": parts.pop("user", ""),
        "PASSWORD": parts.pop("password", ""),
        "HOST": parts.pop("host", ""),
        "PORT": parts.pop("port", ""),
        "ATOMIC_REQUESTS": True,
        "CONN_HEALTH_CHECKS": True,  # a database that was restarted leaves dead connections in the pool
        "OPTIONS": {
            **parts,
            # A statement that comes back is planned once for each connection: half of what PostgreSQL does for a page was planning.
            "server_side_binding": True,
            "prepare_threshold": 3,
            "pool": {"min_size": 1, "max_size": 8, "timeout": 10}
            if env.boolean("WAYWATCH_DB_POOL", default=False)
            else False,
        },
    }


DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Shared by all web processes: the sign-in library counts failed tries here.
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    if MODE == "test"
    else {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "project_cache",
        "OPTIONS": {"MAX_ENTRIES": 1_000_000},
    },
    # Parts of pages that are the same for everybody. Each process keeps its own, in memory; nobody's words are in them.
    "template_fragments": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "fragments"},
}

AUTH_USER_MODEL = "accounts.Account"
AUTHENTICATION_BACKENDS = ["waywatch.accounts.backends.AccountBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
if MODE == "test":
    PASSWORD_HASHERS.insert(0, "django.contrib.auth.hashers.MD5PasswordHasher")
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"

SESSION_ENGINE = "waywatch.project.sessions"
SESSION_COOKIE_AGE = 60 * 60 * 12
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "waywatch.project.web.public.forbidden"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_SSL_REDIRECT = HTTPS
BEHIND_PROXY = env.boolean("WAYWATCH_BEHIND_PROXY", default=False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if BEHIND_PROXY else 0
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("fr", "Français"), ("es", "Español")]
TOMBSTONES = env.text(
    "WAYWATCH_TOMBSTONES", str(VAR / "tombstones")
)  # ids of destroyed tips (tips/actions/retention.py)
# A suite of tests sends more in a minute than any desk gets (tips/flood.py).
FLOOD_PER_MINUTE = env.integer(
    "WAYWATCH_FLOOD_PER_MINUTE", 1_000_000 if MODE == "test" else 300, lowest=1, highest=1_000_000
)
LOCALE_PATHS = [BASE / "locale"]
TIME_ZONE = "UTC"
FORMAT_MODULE_PATH = "waywatch.project.formats"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STATIC_ROOT = BASE / "project" / "static" if MODE == "test" else VAR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if MODE == "test"
        else "waywatch.project.storage.StaticFiles"
    },
}
WHITENOISE_USE_FINDERS = MODE == "test"

EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = env.text("SMTP_HOST", "127.0.0.1")
EMAIL_PORT = env.integer("SMTP_PORT", 25, lowest=1, highest=65535)
EMAIL_HOST_USER = env.text("SMTP_USER", "")
EMAIL_HOST_PASSWORD = env.text("SMTP_PASSWORD", "")
EMAIL_USE_TLS = env.boolean("SMTP_STARTTLS", default=False)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.text("MAIL_FROM", "Waywatch <waywatch@localhost>")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"()": "waywatch.project.logs.WithoutValues", "fmt": "%(asctime)s %(levelname)s %(name)s %(message)s"}
    },
    "filters": {"route_only": {"()": "waywatch.project.logs.RouteOnly"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["route_only"]}},
    "root": {
        "handlers": ["stderr"],
        "level": env.choice("LOG_LEVEL", "WARNING", ("DEBUG", "INFO", "WARNING", "ERROR")),
    },
}

# allauth: sign-in by e-mail address, no open sign-up (an invitation is the only way in), a second factor where a role asks for one.
ACCOUNT_ADAPTER = "waywatch.accounts.adapters.AccountAdapter"
MFA_ADAPTER = "waywatch.accounts.adapters.MfaAdapter"
MFA_FORMS = {
    "add_webauthn": "waywatch.accounts.passkeys.AddPasskeyForm",
    "authenticate_webauthn": "waywatch.accounts.passkeys.AuthenticatePasskeyForm",
    "edit_webauthn": "waywatch.accounts.passkeys.EditPasskeyForm",
    "login_webauthn": "waywatch.accounts.passkeys.LoginPasskeyForm",
    "reauthenticate_webauthn": "waywatch.accounts.passkeys.ReauthenticatePasskeyForm",
}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if HTTPS else "http"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = "Waywatch"
MFA_TOTP_TOLERANCE = 1  # the code before and after too: phones and tired people run late; a code still counts once
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS
USERSESSIONS_TRACK_ACTIVITY = False

PROCRASTINATE_ON_APP_READY = "waywatch.delivery.queue.on_app_ready"
