"""Settings. What an operator may change comes through `configuration`; the rest is decided here."""

import os
import secrets
from contextlib import suppress
from pathlib import Path
from urllib.parse import unquote, urlsplit

import fontpkg_be_vietnam_pro
from django.utils.translation import gettext_lazy as _

from chiakhoa.foundation import whole_files
from chiakhoa.site.configuration import Configuration, mail_server

KNOWN = {
    "DATA", "DATABASE", "HOSTS", "FACTS", "HTTPS", "LOG", "OIDC_ISSUER", "OIDC_CLIENT", "OIDC_SECRET", "OIDC_NAME", "OIDC_CLAIM",
    "PRIVATE_HOSTS", "MAIL", "MAIL_FROM",
}  # fmt: skip
CONFIGURATION = Configuration(KNOWN, dict(os.environ))

SOURCE = Path(__file__).resolve().parents[1]
REPOSITORY = SOURCE.parents[1]
# A checkout keeps everything in itself; an installed wheel carries the facts, and writes to the user's own folder.
IN_CHECKOUT = (REPOSITORY / "pyproject.toml").exists()
USER_DATA = Path(os.environ.get("XDG_DATA_HOME", Path.home() / ".local" / "share")) / "chiakhoa"
DATA = Path(CONFIGURATION.get("DATA", str(REPOSITORY / "var" if IN_CHECKOUT else USER_DATA)))
CONFIGURATION.read(DATA)
FACTS = Path(CONFIGURATION.get("FACTS", str(REPOSITORY / "data" if IN_CHECKOUT else SOURCE / "data")))


def _secrets() -> list[str]:
    """The lines of the secret, made at the first start, readable by its owner alone: the installation's own secret, then
    the keys that seal values since the first rotation (`site.rotation`)."""
    file = DATA / "secret"
    if not file.exists():
        DATA.mkdir(parents=True, exist_ok=True)
        # Whole or not at all, and never over another's: what an empty secret seals anybody could open.
        with suppress(FileExistsError):
            whole_files.write(file, [secrets.token_urlsafe(64).encode()], mode=0o600, over=False)
    return file.read_text().split("\n")


def _database(address: str) -> dict[str, object]:
    """SQLite in the data folder, or PostgreSQL at postgresql://user:password@host:port/name."""
    if not address:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": DATA / "chiakhoa.sqlite3",
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
                " PRAGMA cache_size=-64000; PRAGMA mmap_size=268435456; PRAGMA temp_store=MEMORY; PRAGMA secure_delete=ON;",
            },
        }
    parts = urlsplit(address)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": parts.port or "",
        "CONN_MAX_AGE": 60,
    }


SECRET_FILE = DATA / "secret"
SECRET_KEY, *_others = _secrets()
SEALING_KEYS = [key for key in _others if key and not key.startswith("next ")] or [SECRET_KEY]
# A rotation that was cut off: nothing may be sealed or looked up until it is finished.
ROTATION_PENDING = any(key.startswith("next ") for key in _others)
DEBUG = False
ALLOWED_HOSTS = CONFIGURATION.get("HOSTS", "127.0.0.1,localhost").split(",")
DATABASES = {"default": _database(CONFIGURATION.get("DATABASE"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "access.Account"
ROOT_URLCONF = "chiakhoa.site.urls"
WSGI_APPLICATION = "chiakhoa.site.wsgi.application"
LOGIN_URL = "access:sign_in"
LOGIN_REDIRECT_URL = "home"

STEPS = [
    "chiakhoa.ground.territory",
    "chiakhoa.ground.registry",
    "chiakhoa.ground.access",
    "chiakhoa.ground.frameworks",
    "chiakhoa.ground.catalogue",
    "chiakhoa.ground.mandates",
    "chiakhoa.measure.evidence",
    "chiakhoa.measure.assessment",
    "chiakhoa.measure.needs",
    "chiakhoa.train.planning",
    "chiakhoa.train.delivery",
    "chiakhoa.train.credentials",
    "chiakhoa.outcome.placement",
    "chiakhoa.outcome.reporting",
]
INSTALLED_APPS = [
    "chiakhoa.site",
    "chiakhoa.demo",
    "chiakhoa.foundation",
    *STEPS,
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "django_tables2",
    "django_filters",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
]
MIDDLEWARE = [
    "chiakhoa.site.observing.Observer",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "chiakhoa.site.middleware.ContentSecurity",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "chiakhoa.site.middleware.ChosenLanguage",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "chiakhoa.ground.access.middleware.ReaderMiddleware",
    "chiakhoa.foundation.pages.RefusalMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.messages.context_processors.messages",
                "chiakhoa.site.navigation.shell",
            ],
            "builtins": ["chiakhoa.foundation.templatetags.words", "chiakhoa.foundation.templatetags.charts"],
        },
    }
]
FORM_RENDERER = "chiakhoa.foundation.forms.Renderer"
FILTERS_EMPTY_CHOICE_LABEL = _("All")
DJANGO_TABLES2_TEMPLATE = "foundation/table.html"

LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", "Tiếng Việt"), ("en", "English")]
LOCALE_PATHS: list[Path] = []
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_THOUSAND_SEPARATOR = False

STATIC_URL = "static/"
STATIC_ROOT = DATA / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
STATICFILES_DIRS = [("fonts", Path(fontpkg_be_vietnam_pro.__file__).parent / "files")]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
MEDIA_ROOT = DATA / "files"

PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "chiakhoa.ground.access.passwords.LocalPasswordValidator"},
]
_https = CONFIGURATION.get("HTTPS") == "1"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _https
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _https else None
# With HTTPS we stand behind a proxy, which alone knows where a request comes from.
BEHIND_PROXY = _https
SESSION_ENGINE = "chiakhoa.ground.access.sessions"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 12 * 3600
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# Second steps, passkeys and foreign identities (allauth), under our own pages. Tries are counted by `foundation.doors`, in
# the database; the library would count them in each process by itself.
ACCOUNT_ADAPTER = "chiakhoa.ground.access.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = "login"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_RATE_LIMITS = False
ACCOUNT_FORMS = {"reauthenticate": "chiakhoa.ground.access.forms.PresentPasswordForm"}
MFA_ADAPTER = "chiakhoa.ground.access.adapters.SecondStepAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_TOLERANCE = 1
# Browsers use passkeys on a secure origin only, and count http://localhost as one.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not _https
MFA_FORMS = {
    "authenticate": "chiakhoa.ground.access.forms.CodeForm",
    "reauthenticate": "chiakhoa.ground.access.forms.CodeAgainForm",
    "activate_totp": "chiakhoa.ground.access.forms.FirstCodeForm",
    "add_webauthn": "chiakhoa.ground.access.forms.PasskeyForm",
}
SOCIALACCOUNT_ADAPTER = "chiakhoa.ground.access.adapters.IdentityAdapter"
SOCIALACCOUNT_STORE_TOKENS = False
OIDC_ISSUER = CONFIGURATION.get("OIDC_ISSUER", "").rstrip("/")
OIDC_ORIGIN = "{0.scheme}://{0.netloc}".format(urlsplit(OIDC_ISSUER)) if OIDC_ISSUER else ""
OIDC_NAME = CONFIGURATION.get("OIDC_NAME", "VNeID") if OIDC_ISSUER else ""
OIDC_CLAIM = CONFIGURATION.get("OIDC_CLAIM", "citizen_number")
# Hosts on a network of the office that may be asked for something; all others must be public (`foundation.outgoing`).
PRIVATE_HOSTS = frozenset(filter(None, CONFIGURATION.get("PRIVATE_HOSTS").lower().replace(" ", "").split(",")))
# Where notices are handed in that go out by e-mail; None where none do (`foundation.mail`).
MAIL = mail_server(CONFIGURATION.get("MAIL"), CONFIGURATION.get("MAIL_FROM"), PRIVATE_HOSTS)
SITE_ADDRESS = f"https://{ALLOWED_HOSTS[0]}" if _https and ALLOWED_HOSTS[0].strip(".*") == ALLOWED_HOSTS[0] else ""
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "national",
                "name": OIDC_NAME,
                "client_id": CONFIGURATION.get("OIDC_CLIENT", ""),
                "secret": CONFIGURATION.get("OIDC_SECRET", ""),
                "settings": {"server_url": OIDC_ISSUER, "oauth_pkce_enabled": True},
            }
        ]
        if OIDC_ISSUER
        else [],
    }
}
SILENCED_SYSTEM_CHECKS: list[str] = []
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "chiakhoa.site.observing.JsonLines"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    # `requests`: a line for every request; otherwise only what went wrong.
    "loggers": {"chiakhoa.requests": {"level": "INFO" if CONFIGURATION.get("LOG") == "requests" else "WARNING"}},
}
