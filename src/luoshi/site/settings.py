"""Settings; everything that differs between a laptop and a prefecture comes from the environment.

``LUOSHI_HOME``: folder of files, secret key and the default SQLite database (``var`` in the current folder).
``DATABASE_URL``: ``sqlite:///…`` or ``postgresql://…``. ``LUOSHI_HOSTS``: host names served, separated by commas.
``LUOSHI_HTTPS=1``: served through HTTPS (secure cookies). ``LUOSHI_DEBUG=1``: development only.
``LUOSHI_URL``: the site's address as people type it (links in e-mails). ``LUOSHI_MAIL``: ``smtp://user:password@host:587``
(STARTTLS) or ``smtps://…:465``; without it no e-mail is sent. ``LUOSHI_MAIL_FROM``: the sender.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from urllib.parse import unquote, urlsplit

import dj_database_url

PACKAGE = Path(__file__).resolve().parent
PROJECT = PACKAGE.parents[2]
HOME = Path(os.environ.get("LUOSHI_HOME") or "var").resolve()


def _secret_key() -> str:
    """The key from the environment, else one made once and kept in ``LUOSHI_HOME``."""
    if key := os.environ.get("LUOSHI_SECRET_KEY"):
        return key
    file = HOME / "secret_key"
    if not file.exists():
        HOME.mkdir(parents=True, exist_ok=True)
        try:
            with file.open("x", encoding="ascii") as handle:
                file.chmod(0o600)
                handle.write(secrets.token_urlsafe(50))
        except FileExistsError:
            pass  # another process made it meanwhile
    return file.read_text(encoding="ascii")


SECRET_KEY = _secret_key()
DEBUG = os.environ.get("LUOSHI_DEBUG") == "1"
HTTPS = os.environ.get("LUOSHI_HTTPS") == "1"
ALLOWED_HOSTS = (os.environ.get("LUOSHI_HOSTS") or "127.0.0.1,localhost,testserver").split(",")
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS if HTTPS and host != "*"]

INSTALLED_APPS = [
    "luoshi.apps.journal",
    "luoshi.apps.accounts",
    "luoshi.apps.organisations",
    "luoshi.apps.notices",
    "luoshi.apps.plans",
    "luoshi.apps.intake",
    "luoshi.apps.checkup",
    "luoshi.apps.indicators",
    "luoshi.apps.targets",
    "luoshi.apps.reporting",
    "luoshi.apps.dispatch",
    "luoshi.apps.supervision",
    "luoshi.apps.bulletins",
    "luoshi.apps.projects",
    "luoshi.apps.investment",
    "luoshi.apps.assessment",
    "luoshi.apps.boards",
    "luoshi.apps.administration",
    "luoshi.apps.workbench",
    "luoshi.apps.portal",
    "luoshi.site",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "ninja",
    "treebeard",
    "django_tasks",
    "django_tasks_db",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "luoshi.site.middleware.RefuseNul",
    "luoshi.site.middleware.NameMethods",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "luoshi.apps.accounts.middleware.SignInAgain",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "luoshi.site.urls"
WSGI_APPLICATION = "luoshi.site.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "luoshi.site.context.navigation",
            ],
        },
    }
]

DATABASES = {
    "default": dj_database_url.parse(
        os.environ.get("DATABASE_URL") or f"sqlite:///{HOME / 'luoshi.sqlite3'}",
        conn_max_age=60,
        conn_health_checks=True,
    )
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        # A transaction that reads first and writes later must not find the database locked by another in between.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-65536;",
    }
    DATABASES["default"]["ENGINE"] = "luoshi.site.sqlite3"  # the same, with the writers of one process taking turns
elif DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql":
    # Compiling the permission queries takes longer than running them.
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("options", "-c jit=off")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Shared by all server processes: tries of codes and passwords are counted in it (allauth, which also needs its ``add``
# to be atomic). A page never asks it for anything. The table comes with a migration of accounts.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "luoshi_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},  # few would let an attacker push the counters out
    }
}
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 8}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "luoshi.apps.accounts.adapter.AccountAdapter"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_RATE_LIMITS = {
    # Codes of the second factor only: passwords are counted by django-axes, which says when to try again (adapter).
    "login_failed": "5/5m/key",
    # Each change asks for the present password, which somebody at an open session might guess.
    "change_password": "5/m/user,20/h/user",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "落实"
AXES_USERNAME_CALLABLE = "luoshi.apps.accounts.lockout.counted_name"
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_CALLABLE = "luoshi.apps.accounts.lockout.respond"
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # the page says when to try again, and that must stay true
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False

APPEND_SLASH = False
LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True
FORMAT_MODULE_PATH = ["luoshi.site.formats"]

STATIC_URL = "static/"
STATIC_ROOT = HOME / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # WhiteNoise warns where it is missing
FRONTEND = Path(os.environ.get("LUOSHI_FRONTEND") or PROJECT / "node_modules")
STATICFILES_DIRS = [
    (prefix, folder)
    for prefix, folder in (
        ("tabler/css", FRONTEND / "@tabler/core/dist/css"),
        ("tabler/js", FRONTEND / "@tabler/core/dist/js"),
        ("icons", FRONTEND / "@tabler/icons-webfont/dist"),
        ("htmx", FRONTEND / "htmx.org/dist"),
        ("echarts", FRONTEND / "echarts/dist"),
    )
    if folder.is_dir()
]
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 3600

MEDIA_ROOT = HOME / "files"
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 2**20
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 2**20
LUOSHI_UPLOAD_LIMIT = 64 * 2**20  # bytes of one uploaded file

LUOSHI_URL = os.environ.get("LUOSHI_URL") or f"{'https' if HTTPS else 'http'}://{ALLOWED_HOSTS[0]}"
_mail = urlsplit(os.environ.get("LUOSHI_MAIL") or "")
LUOSHI_MAILS = bool(_mail.hostname)
EMAIL_HOST = _mail.hostname or "localhost"
EMAIL_PORT = _mail.port or (465 if _mail.scheme == "smtps" else 25)
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = unquote(_mail.username or ""), unquote(_mail.password or "")
EMAIL_USE_SSL = _mail.scheme == "smtps"
EMAIL_USE_TLS = not EMAIL_USE_SSL and EMAIL_PORT == 587
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = os.environ.get("LUOSHI_MAIL_FROM") or "落实 <luoshi@localhost>"

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_AGE = 12 * 3600
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
SILENCED_SYSTEM_CHECKS: list[str] = []

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    # A page that is not there or not allowed is no event for the server's log.
    "loggers": {"django.request": {"level": "ERROR"}, "django.security.csrf": {"level": "ERROR"}},
}
