"""All configuration of the portal, read from the environment. A misspelt value stops the start.

The table of settings in the README says what each means. Without ``DATABASE_URL`` and ``REDIS_URL`` the
portal uses the services that ``bawaslu_portal.embedded`` starts in its state folder.
"""

import os
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from bawaslu_portal import embedded

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

KNOWN = {
    "PORTAL_STATE",
    "PORTAL_DEMO",
    "PORTAL_HTTPS",
    "PORTAL_HOSTS",
    "PORTAL_ADDRESS",
    "PORTAL_SECRET_KEY",
    "PORTAL_STORAGE",
    "PORTAL_DEBUG",
    "PORTAL_EMAIL_URL",
    "PORTAL_MAIL_FROM",
    "PORTAL_PYTHON",
    "PORTAL_TESTS",
    "PORTAL_LOG_LEVEL",
    "PORTAL_PROXIES",
    "PORTAL_BOOTSTRAP_APT",
    "PORTAL_JOB_LEASE",
}
unknown = sorted(name for name in os.environ if name.startswith("PORTAL_") and name not in KNOWN)
if unknown:
    raise ImproperlyConfigured(
        f"Unknown setting {', '.join(unknown)}: correct its name (see the table in README.md) or remove it."
    )


def flag(name, default):
    """A setting that is 1 or 0 (true/false, on/off, yes/no). Raises ImproperlyConfigured for anything else."""
    value = os.environ.get(name, "").strip().lower()
    if not value:
        return default
    if value in {"1", "true", "on", "yes"}:
        return True
    if value in {"0", "false", "off", "no"}:
        return False
    raise ImproperlyConfigured(f"{name} must be 1 or 0, not {value!r}.")


STATE = embedded.state_dir()
PORTAL_DEMO = flag("PORTAL_DEMO", False)
PORTAL_HTTPS = flag("PORTAL_HTTPS", True)
PORTAL_TESTS = flag("PORTAL_TESTS", False)
DEBUG = flag("PORTAL_DEBUG", False)
PORTAL_STORAGE = Path(os.environ.get("PORTAL_STORAGE") or STATE / "storage")
# The address that goes into invitations, mails and calendar files.
PORTAL_ADDRESS = (os.environ.get("PORTAL_ADDRESS") or "http://localhost:8000").rstrip("/")
if not PORTAL_ADDRESS.startswith(("http://", "https://")):
    raise ImproperlyConfigured("PORTAL_ADDRESS must begin with http:// or https://.")

if os.environ.get("PORTAL_SECRET_KEY"):
    SECRET_KEY = os.environ["PORTAL_SECRET_KEY"]
    if len(SECRET_KEY) < 50:
        raise ImproperlyConfigured("PORTAL_SECRET_KEY must have at least 50 characters.")
elif os.environ.get("DATABASE_URL") and not (PORTAL_DEMO or PORTAL_TESTS or DEBUG):
    raise ImproperlyConfigured(
        "PORTAL_SECRET_KEY is missing: with a database of your own, set it to at least 50 random characters."
    )
else:
    SECRET_KEY = embedded.secret_key()

ALLOWED_HOSTS = [host for host in os.environ.get("PORTAL_HOSTS", "localhost,127.0.0.1").split(",") if host]

INSTALLED_APPS = [
    "bawaslu_portal.kernel",
    "plenos",
    "workprograms",
    "supervision",
    "bawaslu_portal.apps.PortalConfig",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.forms",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_htmx",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "bawaslu_portal.kernel.middleware.PortalMiddleware",
]

ROOT_URLCONF = "bawaslu_portal.urls"
WSGI_APPLICATION = "bawaslu_portal.wsgi.application"
AUTH_USER_MODEL = "kernel.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
FORM_RENDERER = "bawaslu_portal.kernel.renderers.Renderer"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "bawaslu_portal.kernel.context.portal",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static"],
        },
    }
]

DATABASES = {"default": {**env.db_url_config(embedded.database_url()), "ATOMIC_REQUESTS": True}}
if "postgresql" not in DATABASES["default"]["ENGINE"]:
    raise ImproperlyConfigured("DATABASE_URL must name a PostgreSQL database: postgresql://user:password@host/name.")
DATABASES["default"].setdefault("OPTIONS", {})
DATABASES["default"]["OPTIONS"].setdefault("connect_timeout", 5)
# Pages ask few rows of many joined tables: to plan every order of the joins, to compile them or to start helpers takes
# longer than to run them. The widest lists sort in memory.
DATABASES["default"]["OPTIONS"].setdefault(
    "options", "-c jit=off -c join_collapse_limit=6 -c max_parallel_workers_per_gather=0 -c work_mem=16MB"
)
DATABASES["default"]["CONN_MAX_AGE"] = 60
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True

CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "django_cache"}}

REDIS_URL = embedded.redis_url()
CELERY_BROKER_URL = REDIS_URL
# A worker that is silent for so many seconds has lost its job to another one.
if not os.environ.get("PORTAL_JOB_LEASE", "60").isdecimal() or os.environ.get("PORTAL_JOB_LEASE") == "0":
    raise ImproperlyConfigured("PORTAL_JOB_LEASE must be a whole number of seconds, at least 1.")
JOB_LEASE_SECONDS = int(os.environ.get("PORTAL_JOB_LEASE", "60"))

LANGUAGE_CODE = "id"
LANGUAGES = [("id", "Bahasa Indonesia"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Jakarta"
USE_I18N = USE_TZ = True
# Amounts ask for their separators by a filter; a year stays 2024.
USE_THOUSAND_SEPARATOR = False

STATIC_URL = "static/"
STATIC_ROOT = STATE / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": PORTAL_STORAGE}},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if PORTAL_TESTS
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = PORTAL_TESTS or DEBUG
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

# Mail. Many offices have no mail server: then nothing is sent, and the outbox keeps what would have been.
EMAIL_CONFIGURED = bool(os.environ.get("PORTAL_EMAIL_URL"))
if EMAIL_CONFIGURED:
    vars().update(env.email_url_config(os.environ["PORTAL_EMAIL_URL"]))
else:
    EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = SERVER_EMAIL = os.environ.get("PORTAL_MAIL_FROM", "portal@localhost")

# HTTPS is the rule; script/server switches it off on localhost.
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = PORTAL_HTTPS
SECURE_HSTS_SECONDS = 31536000 if PORTAL_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PORTAL_HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if flag("PORTAL_PROXIES", False) else None
SECURE_REFERRER_POLICY = "same-origin"
SECURE_REDIRECT_EXEMPT = [r"^sehat/$"]
SESSION_COOKIE_AGE = 60 * 60 * 24 * 14
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "bawaslu_portal.views.csrf_failure"
X_FRAME_OPTIONS = "DENY"
SILENCED_SYSTEM_CHECKS = []
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
        "object-src": [NONE],
        "img-src": [SELF, "data:"],
    }
}

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "desk"
if PORTAL_TESTS:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "filters": {"redact": {"()": "bawaslu_portal.kernel.redaction.Redact"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain", "filters": ["redact"]}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("PORTAL_LOG_LEVEL", "INFO").upper()},
}

# --- allauth -------------------------------------------------------------------------------------------
# Nobody signs up; people sign in by e-mail. A reset is an administrator's one-time link, so no mail is sent by allauth.
ACCOUNT_ADAPTER = "bawaslu_portal.kernel.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
# A fresh sign-in holds this many seconds; confirming and ratifying always ask for one.
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
# Failed sign-ins: per address, and per address and user together (AccountAdapter), never per user alone.
ACCOUNT_RATE_LIMITS = {"login": "60/m/ip", "login_failed": "20/m/ip,5/5m/key", "reauthenticate": "20/m/user"}
ACCOUNT_FORMS = {
    "login": "bawaslu_portal.kernel.account_forms.SignInForm",
    "reauthenticate": "bawaslu_portal.kernel.account_forms.ReauthenticateForm",
    "change_password": "bawaslu_portal.kernel.account_forms.ChangePasswordForm",
}
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if flag("PORTAL_PROXIES", False) else 0
MFA_ADAPTER = "bawaslu_portal.kernel.adapters.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_TOLERANCE = 1
MFA_FORMS = {
    "authenticate": "bawaslu_portal.kernel.account_forms.AuthenticateForm",
    "reauthenticate": "bawaslu_portal.kernel.account_forms.ReauthenticateCodeForm",
    "activate_totp": "bawaslu_portal.kernel.account_forms.ActivateTOTPForm",
    "deactivate_totp": "bawaslu_portal.kernel.account_forms.DeactivateTOTPForm",
    "generate_recovery_codes": "bawaslu_portal.kernel.account_forms.GenerateRecoveryCodesForm",
}
