"""Django settings. In: environment variables, read by `migrator.environment`, which fails
with a sentence. Out: everything Django, the queue and the pipeline are told at start.

| variable | meaning | default |
|---|---|---|
| MIGRATOR_ENV | `trial` or `production` | trial |
| DATA_DIR | database file, embedded servers, keys of a trial | `.data` beside manage.py |
| DATABASE_URL | sqlite:/// or postgres:// | a file in DATA_DIR |
| REDIS_URL | redis://, rediss:// or unix:// | the embedded server in DATA_DIR |
| SECRET_KEY, FIELD_KEY, AUDIT_KEY | sessions and links; credentials at rest; audit chain | made once in a trial, required in production |
| ALLOWED_HOSTS, CSRF_TRUSTED_ORIGINS | comma-separated | this machine in a trial |
| BEHIND_PROXY | 1: a proxy in front sets X-Forwarded-Proto | 0 |
| DEBUG, LOG_LEVEL | Django's error pages; threshold | 0, INFO |
| MIGRATOR_LEASE | seconds a worker owns a slice without a sign of life | 150 |
| MIGRATOR_HTTP_TIMEOUT | longest request to a vendor, seconds; below the lease | 60 |
| MIGRATOR_BELL | seconds without a sign of life after which a run is rung for again | 20 |
| MIGRATOR_WORKERS | worker processes of `manage.py serve` | 2 |
"""  # noqa: E501

from pathlib import Path

from csp.constants import NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from django.core.exceptions import ImproperlyConfigured
from django.templatetags.static import static

from migrator import environment, paths

BASE_DIR = Path(__file__).resolve().parent.parent
PRODUCTION = environment.choice("MIGRATOR_ENV", ("trial", "production")) == "production"
DATA_DIR = environment.data_dir(BASE_DIR / ".data")
DEBUG = environment.flag("DEBUG")
if DEBUG and PRODUCTION:
    raise ImproperlyConfigured("DEBUG is 1 with MIGRATOR_ENV=production. Leave DEBUG out.")

_keys = environment.keys(DATA_DIR, PRODUCTION)
SECRET_KEY = _keys["SECRET_KEY"]
FIELD_KEY = _keys["FIELD_KEY"]
AUDIT_KEY = _keys["AUDIT_KEY"]

# The pipeline
LEASE_SECONDS = environment.number("MIGRATOR_LEASE", 150)
HTTP_TIMEOUT_SECONDS = environment.number("MIGRATOR_HTTP_TIMEOUT", 60)
WORKERS = environment.number("MIGRATOR_WORKERS", 2)
BELL_SECONDS = environment.number("MIGRATOR_BELL", 20)
if HTTP_TIMEOUT_SECONDS >= LEASE_SECONDS:
    raise ImproperlyConfigured(
        f"MIGRATOR_HTTP_TIMEOUT is {HTTP_TIMEOUT_SECONDS} and MIGRATOR_LEASE is {LEASE_SECONDS}. "
        "Make the lease the longer one: otherwise a slice is given to a second worker while "
        "the first still waits for its answer, and a record may be written twice."
    )

DATABASES = {"default": environment.database(DATA_DIR / "migrator.sqlite3")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

VALKEY_DIR = DATA_DIR / "valkey"
REDIS_URL = environment.redis_url(paths.valkey_url(VALKEY_DIR))
EMBEDDED_VALKEY = paths.valkey_url(VALKEY_DIR) == REDIS_URL
RQ_QUEUES = {"default": {"URL": REDIS_URL, "DEFAULT_TIMEOUT": 24 * 3600}}
# Only primary keys are queued, and only once the row they name can be seen by the worker.
RQ = {"COMMIT_MODE": "on_db_commit"}
# Its pages know job numbers only, and break while Redis is away: ours is the list of runs.
RQ_SHOW_ADMIN_LINK = False

ROOT_URLCONF = "migrator.urls"
WSGI_APPLICATION = "migrator.wsgi.application"
INSTALLED_APPS = [
    "unfold",
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "unfold.contrib.import_export",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "csp",
    "django_htmx",
    "django_rq",
    "import_export",
    "projects",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "migrator.policy.PolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
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
            ],
        },
    }
]

LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
USE_TZ = True
USE_THOUSAND_SEPARATOR = True
FORMAT_MODULE_PATH = "migrator.formats"

STATIC_URL = "/static/"
# A trial needs no collectstatic: files are served from the packages they come in.
STATIC_ROOT = BASE_DIR / "staticfiles" if PRODUCTION else None
WHITENOISE_USE_FINDERS = not PRODUCTION
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
MEDIA_ROOT = DATA_DIR / "media"

ALLOWED_HOSTS = environment.words("ALLOWED_HOSTS", None if PRODUCTION else "localhost,127.0.0.1")
CSRF_TRUSTED_ORIGINS = environment.words("CSRF_TRUSTED_ORIGINS", ",")
LOGIN_URL = "admin:login"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = PRODUCTION
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if environment.flag("BEHIND_PROXY") else None
)
X_FRAME_OPTIONS = "DENY"
# A review link is a capability: it must not leave in a Referer.
SECURE_REFERRER_POLICY = "same-origin"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}
# What the admin's skin needs (Alpine evaluates expressions); sent only below these paths.
STAFF_PATHS = ("/admin/",)
STAFF_POLICY = {
    "script-src": [SELF, UNSAFE_EVAL],
    "style-src": [SELF, UNSAFE_INLINE],
    "img-src": [SELF, "data:"],
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {
        "handlers": ["stderr"],
        "level": environment.choice("LOG_LEVEL", ("INFO", "DEBUG", "WARNING", "ERROR")),
    },
    # They log whole URLs, and a URL may carry a token.
    "loggers": {name: {"level": "WARNING"} for name in ("httpx", "httpcore", "urllib3")},
}

UNFOLD = {
    "SITE_TITLE": "CRM migrator",
    "SITE_HEADER": "CRM migrator",
    "SITE_SUBHEADER": "Field service to CRM",
    "SITE_SYMBOL": "move_down",
    "SHOW_HISTORY": True,
    "BORDER_RADIUS": "6px",
    "STYLES": [lambda request: static("projects/admin.css")],
    "SIDEBAR": {"show_search": True, "navigation": "projects.admin.navigation.groups"},
    "DASHBOARD_CALLBACK": "projects.admin.dashboard.context",
    # Teal on slate: no status colour (green, amber, red) doubles as decoration.
    "COLORS": {
        "primary": {
            "50": "oklch(98.4% .014 200)",
            "100": "oklch(95.3% .035 200)",
            "200": "oklch(91% .06 200)",
            "300": "oklch(85% .085 200)",
            "400": "oklch(75% .105 203)",
            "500": "oklch(64% .105 206)",
            "600": "oklch(54% .095 209)",
            "700": "oklch(46% .08 212)",
            "800": "oklch(39% .065 214)",
            "900": "oklch(34% .052 216)",
            "950": "oklch(26% .043 218)",
        },
    },
}
