# One image for every process of the Procfile; docker-compose.yml names them.
FROM python:3.11-slim

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN useradd --system --create-home --uid 10001 frontdesk
WORKDIR /app

# The packages first: they change less often than the code.
COPY requirements/base.txt requirements/base.txt
RUN pip install --require-hashes -r requirements/base.txt

COPY bot bot
COPY db db
COPY providers providers
COPY seeds seeds
COPY sync sync
COPY workers workers
# The sandbox is for development only.
RUN rm -rf providers/sandbox \
    && printf '#!/bin/sh\nexec python -m workers.cli "$@"\n' > /usr/local/bin/frontdesk \
    && chmod +x /usr/local/bin/frontdesk \
    && python -m compileall -q .

ENV PYTHONPATH=/app HOST=0.0.0.0 PORT=8080 ENVIRONMENT=production
USER frontdesk
EXPOSE 8080
CMD ["python", "-m", "workers.web"]
