"""Settings of every process; the environment is read here and nowhere else.

Without DATABASE_URL and REDIS_URL everything lives in one data folder (SQLite, an embedded broker).
MASKWRIGHT_ENV=production demands what a server on a network needs and refuses weak secrets.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

from annotator import environment as env
from annotator.frontend_version import SERVED, tree_version
from inference.segmenters.bundled import default_segmenter

BASE_DIR = Path(__file__).resolve().parent.parent
PRODUCTION = env.text("MASKWRIGHT_ENV", "local") == "production"
DEBUG = env.flag("DEBUG", default=False)
DATA_DIR = env.data_folder(BASE_DIR)
SECRET_KEY = env.secret_key(DATA_DIR, production=PRODUCTION)
if PRODUCTION and DEBUG:
    raise ImproperlyConfigured("DEBUG is on; production refuses to show traces to strangers.")

MODELS_DIR = Path(env.text("MODELS_DIR") or DATA_DIR / "models")
INFERENCE_THREADS = env.number("INFERENCE_THREADS", 2, least=1)
# Of SAM's encoder; "auto" is fast where the hardware has bfloat16.
SAM_PRECISION = env.choice("SAM_PRECISION", "auto", ("auto", "exact", "fast"))
SAM_DECODER = env.choice("SAM_DECODER", "float32", ("float32", "int8"))
SAM_IMAGES_AT_ONCE = env.number("SAM_IMAGES_AT_ONCE", 0)  # 0: 8 on a GPU, 1 elsewhere
DEFAULT_SEGMENTER = env.text("DEFAULT_SEGMENTER", "") or default_segmenter(MODELS_DIR)

ALLOWED_HOSTS = env.names("ALLOWED_HOSTS", "" if PRODUCTION else "*")
if PRODUCTION and (not ALLOWED_HOSTS or "*" in ALLOWED_HOSTS):
    raise ImproperlyConfigured("ALLOWED_HOSTS is empty or '*'; name the hosts that you serve.")
CSRF_TRUSTED_ORIGINS = env.names("CSRF_TRUSTED_ORIGINS")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "annotator",
    "projects",
    "inference",
]
MIDDLEWARE = [
    "annotator.middleware.refuse_unsized_bodies",
    "annotator.middleware.security_headers",
    "annotator.middleware.bound_prompts",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "annotator.languages.Languages",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "annotator.urls"
WSGI_APPLICATION = "annotator.wsgi.application"
APPEND_SLASH = True
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "frontend" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "annotator.context.page_facts",
            ],
        },
    }
]


def _database() -> dict[str, Any]:
    url = env.text("DATABASE_URL")
    if url:
        parsed = dj_database_url.parse(url, conn_max_age=60, conn_health_checks=True)
        if PRODUCTION and str(parsed.get("PASSWORD", "")).lower() in env.WEAK_SECRETS:
            raise ImproperlyConfigured("DATABASE_URL has an empty or default password.")
        return dict(parsed) | {"OPTIONS": {"connect_timeout": 5, **parsed.get("OPTIONS", {})}}
    if PRODUCTION:
        raise ImproperlyConfigured("DATABASE_URL is missing; production needs PostgreSQL.")
    DATA_DIR.mkdir(parents=True, exist_ok=True)
    return {
        "ENGINE": "annotator.sqlite",
        "NAME": DATA_DIR / "db.sqlite3",
        # Said, because test runners know only Django's own engine to keep its tests in memory.
        "TEST": {"NAME": ":memory:"},
        # IMMEDIATE: a deferred BEGIN that later writes fails at once with "database is locked".
        "OPTIONS": {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
                "PRAGMA cache_size=-8000;"
            ),
        },
    }


DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "projects.User"

# --- Files -----------------------------------------------------------------------------------
STATIC_VERSION = "dev" if DEBUG else tree_version(BASE_DIR / "frontend")
STATIC_URL = f"/static/{STATIC_VERSION}/"
STATICFILES_DIRS = [(part, BASE_DIR / "frontend" / part) for part in SERVED]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_MAX_AGE = 0 if DEBUG else 31_536_000
S3_BUCKET = env.text("S3_BUCKET")
STORAGES: dict[str, Any] = {
    "default": {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": S3_BUCKET,
            "endpoint_url": env.text("S3_ENDPOINT_URL") or None,
            "default_acl": None,
        },
    }
    if S3_BUCKET
    else {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": DATA_DIR},
    },
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
TEMP_DIR = DATA_DIR / "tmp"
TEMP_DIR.mkdir(parents=True, exist_ok=True)
FILE_UPLOAD_TEMP_DIR = str(TEMP_DIR)
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
DISK_RESERVE_BYTES = env.number("DISK_RESERVE_MB", 1024) * 2**20
EMBEDDINGS_BYTES = env.number("EMBEDDINGS_MB", 20_480, least=1) * 2**20  # 10,000 of SAM's 2 MiB

# --- Limits: documented in docs/limits.md, each with a test at the limit and one past it --------
MAX_BODY_BYTES = env.number("MAX_BODY_MB", 2048, least=1) * 2**20  # imports are the largest
MAX_JSON_BYTES = 8 * 2**20
MAX_IMAGE_BYTES = env.number("MAX_IMAGE_MB", 200, least=1) * 2**20
MAX_IMAGE_PIXELS = env.number("MAX_IMAGE_MEGAPIXELS", 100, least=1) * 10**6
TILES_ABOVE_PIXELS = 40 * 10**6  # larger pictures reach the browser in tiles
MAX_IMAGES_PER_PROJECT = env.number("MAX_IMAGES_PER_PROJECT", 200_000, least=1)
MAX_CHANGES_PER_REQUEST = 500
LOGIN_ATTEMPTS = env.number("LOGIN_ATTEMPTS", 10, least=1)  # per account and address
LOGIN_WINDOW_SECONDS = 15 * 60
# As many as have cores of their own, so that saves are not starved; more wait, then 503.
_WITH_CORES = min(4, max(1, (os.cpu_count() or 1) // INFERENCE_THREADS))
PROMPTS_AT_ONCE = env.number("PROMPTS_AT_ONCE", _WITH_CORES, least=1)
DATA_UPLOAD_MAX_MEMORY_SIZE = MAX_JSON_BYTES
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_100  # the page of classes has one for each of 10,000
DATA_UPLOAD_MAX_NUMBER_FILES = 100

# --- Sessions and headers ----------------------------------------------------------------------
# Cookies know no ports: two data folders on one machine must not log each other out.
_COOKIE_STEM = f"mw_{hashlib.sha256(str(DATA_DIR).encode()).hexdigest()[:8]}"
HTTPS = env.flag("HTTPS", default=PRODUCTION)
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else f"{_COOKIE_STEM}_session"
CSRF_COOKIE_NAME = "__Host-csrftoken" if HTTPS else f"{_COOKIE_STEM}_csrftoken"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 30 * 24 * 3600
SECURE_SSL_REDIRECT = HTTPS and env.flag("SSL_REDIRECT", default=True)
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if env.flag("BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# --- Accounts ----------------------------------------------------------------------------------
LOGIN_URL = "/login/"
LOGIN_REDIRECT_URL = "/"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

# --- API ---------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "annotator.rest.authentication.TokenAuthentication",
        "annotator.rest.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_PARSER_CLASSES": ["annotator.rest.parsers.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PAGINATION_CLASS": "annotator.rest.pagination.KeysetPagination",
    "DEFAULT_SCHEMA_CLASS": "annotator.rest.schema.ProblemAutoSchema",
    "EXCEPTION_HANDLER": "annotator.rest.errors.problem_response",
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "annotator.rest.negotiation.JSONOnly",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Maskwright",
    "DESCRIPTION": "Projects, images, masks, pre-labels and exports of one Maskwright server.",
    "VERSION": "1.0.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "AnnotationStateEnum": "projects.models.states.AnnotationState",
        "WritableStateEnum": "projects.api.annotations_serializers.WRITABLE_STATES",
        "JobStateEnum": "projects.models.states.JobState",
    },
}

# --- Jobs --------------------------------------------------------------------------------------
REDIS_URL = env.text("REDIS_URL")
if PRODUCTION and not REDIS_URL:
    raise ImproperlyConfigured("REDIS_URL is missing; production needs Redis with a password.")
CELERY = {
    "broker_url": REDIS_URL or f"mwsqla+sqlite:///{DATA_DIR / 'broker.sqlite3'}",
    "task_default_queue": "bulk",
    "imports": ["annotator.pulse", "annotator.roll"],  # workers alone
    "task_serializer": "json",
    "accept_content": ["json"],
    "result_backend": None,
    "task_ignore_result": True,
    "task_acks_late": True,
    "task_reject_on_worker_lost": True,
    "worker_prefetch_multiplier": 1,
    "worker_enable_remote_control": False,
    "worker_hijack_root_logger": False,
    "broker_connection_retry_on_startup": True,
    "task_publish_retry": False,
    "broker_connection_timeout": 1,
}
WORK_SLICE_SECONDS = 10  # one message works this long, then other projects have their turn
WORKER_ABILITIES = env.names("WORKER_ABILITIES")  # added to what a worker finds by itself
WORKER_MEMORY_BYTES = env.number("WORKER_MEMORY_MB", 0) * 2**20  # 0: most of what there is
GPU_SEGMENTERS = env.names("GPU_SEGMENTERS")  # only workers with a card take them
MODEL_IDLE_SECONDS = env.number("MODEL_IDLE_SECONDS", 900, least=1)  # then its memory is freed
JOB_MAX_ATTEMPTS = 3
JOB_HEARTBEAT_SECONDS = 5
JOB_LOST_SECONDS = env.number("JOB_LOST_SECONDS", 30, least=1)  # silence after which another claims

# --- Figures for Prometheus ----------------------------------------------------------------------
METRICS_TOKEN = env.text("METRICS_TOKEN")  # none: /metrics answers this machine alone
if METRICS_TOKEN and len(METRICS_TOKEN) < env.MIN_TOKEN_LENGTH:
    raise ImproperlyConfigured(
        f"METRICS_TOKEN has {len(METRICS_TOKEN)} characters; expected {env.MIN_TOKEN_LENGTH} or "
        "more, or none."
    )

# --- Language, time, logs ----------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGE_COOKIE_NAME = "__Host-language" if HTTPS else f"{_COOKIE_STEM}_language"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_SECURE = HTTPS
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env.text("LOG_LEVEL", "INFO")},
}
