# camweave for one machine or many: every command of it, on a CPU, as a user without rights.
# EXTRAS are those of pyproject.toml, with spaces between: "onnx rabbitmq postgres mqtt openvino".
ARG PYTHON=3.12
ARG BASE=python:${PYTHON}-slim-bookworm

FROM ${BASE} AS build
ARG EXTRAS="onnx rabbitmq postgres mqtt"
ENV UV_PROJECT_ENVIRONMENT=/opt/camweave \
    UV_PYTHON_DOWNLOADS=never \
    UV_COMPILE_BYTECODE=1 \
    UV_LINK_MODE=copy \
    UV_NO_CACHE=1
RUN pip install --no-cache-dir --root-user-action=ignore uv==0.13.8
WORKDIR /src
# What changes seldom comes first, so that it need not be installed again; each extra is a word.
COPY pyproject.toml uv.lock README.md LICENSE ./
# hadolint ignore=SC2046
RUN uv sync --frozen --no-default-groups --no-install-project $(printf -- '--extra %s ' ${EXTRAS})
COPY src src
# hadolint ignore=SC2046
RUN uv sync --frozen --no-default-groups --no-editable $(printf -- '--extra %s ' ${EXTRAS})

FROM ${BASE}
COPY --from=build /opt/camweave /opt/camweave
# What it writes: its own files, and compiled kernels, which may be kept from one start to the next.
RUN useradd --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin camweave \
 && install -d -o camweave -g camweave /etc/camweave /var/lib/camweave /var/cache/camweave
ENV PATH=/opt/camweave/bin:$PATH \
    HOME=/var/lib/camweave \
    NUMBA_CACHE_DIR=/var/cache/camweave \
    OMP_NUM_THREADS=1 \
    PYTHONUNBUFFERED=1
USER 10001:10001
WORKDIR /var/lib/camweave
# Roles answer at the port of CAMWEAVE_METRICS; `live` and `serve` at theirs.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as u; u.urlopen('http://127.0.0.1:' + os.environ.get('CAMWEAVE_METRICS', '8080').rpartition(':')[2] + '/healthz', timeout=4)"]
# Ctrl-C and SIGTERM end every command cleanly.
STOPSIGNAL SIGTERM
ENTRYPOINT ["camweave"]
CMD ["--help"]
