# One image for web, worker and migrations; which one is the container's command.
# Packages come from hash-locked lists, by the same script that `./carnival` uses.
FROM python:3.13-slim-bookworm AS pages
WORKDIR /srv/carnival
ENV CARNIVAL_VENV=/srv/venv PYTHONPATH=/srv/carnival
COPY requirements requirements
COPY scripts scripts
RUN CARNIVAL_COMPILE=no scripts/install up
COPY app app
RUN /srv/venv/bin/python -P -m app.cli build

FROM python:3.13-slim-bookworm AS packages
WORKDIR /srv/carnival
ENV CARNIVAL_VENV=/srv/venv
COPY requirements requirements
COPY scripts scripts
RUN scripts/install run

FROM python:3.13-slim-bookworm
WORKDIR /srv/carnival
ENV PATH=/srv/venv/bin:$PATH PYTHONPATH=/srv/carnival PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 CARNIVAL_HOST=0.0.0.0 CARNIVAL_PORT=8080
# Share cards are written in Chinese.
# hadolint ignore=DL3008
RUN apt-get update && apt-get install -y --no-install-recommends fonts-noto-cjk \
    && rm -rf /var/lib/apt/lists/*
COPY --from=packages /srv/venv /srv/venv
COPY scripts/healthcheck scripts/healthcheck
COPY app app
COPY media media
COPY campaigns campaigns
COPY games games
COPY feeds feeds
COPY --from=pages /srv/carnival/app/web/play/dist app/web/play/dist
COPY --from=pages /srv/carnival/app/web/console/dist app/web/console/dist
COPY --from=pages /srv/carnival/app/web/docs/dist app/web/docs/dist
USER 10001:10001
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=4s --start-period=30s --retries=3 CMD ["scripts/healthcheck"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["python", "-P", "-m", "app.cli"]
CMD ["web"]
