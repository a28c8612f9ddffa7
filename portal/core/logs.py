"""Structured log lines: one JSON object a line, or a readable line while developing."""

import os

import structlog

renderer = (
    structlog.dev.ConsoleRenderer(colors=False)
    if os.environ.get("DEBUG", "").lower() in {"1", "true", "yes", "on"}
    else structlog.processors.JSONRenderer(ensure_ascii=False)
)

# What lines of Django and of libraries pass through before the renderer: level, time, and the whole traceback.
foreign_pre_chain = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso"),
]
processors = [structlog.stdlib.ProcessorFormatter.remove_processors_meta, structlog.processors.format_exc_info, renderer]

structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso"),
        structlog.processors.format_exc_info,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
